import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeFcpxml } from "../../src/media/handoff/fcpxml.ts";
import { everything, NTSC_FILM } from "../media/handoff/sample-edits.ts";
import { world } from "../media/studio.ts";

const INSTALL = "apt-get install -y --no-install-recommends libxml2-utils";
const DEFINITION = join(import.meta.dirname, "fcpxml-part.dtd");

test("xmllint finds the film's FCPXML valid, and one with a marker before its note not", async ({ onTestFinished }) => {
  const folder = await mkdtemp(join(tmpdir(), "callsheet-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const judge = async (text: string) => {
    const file = join(folder, "film.fcpxml");
    await writeFile(file, text);
    const outcome = await world.processes.run("xmllint", ["--noout", "--nonet", "--dtdvalid", DEFINITION, file], {
      timeoutMs: 60_000,
    });
    if (outcome.stopped === "ENOENT") throw new Error(`xmllint is not installed: ${INSTALL}`);
    return outcome;
  };
  const text = writeFcpxml(everything(NTSC_FILM));
  expect(await judge(text)).toMatchObject({ exitCode: 0, stderr: "" });
  const marker = /<chapter-marker [^>]*value="door"[^>]*>/.exec(text)?.[0] ?? "";
  const wrong = text.replace(marker, "").replace("<note>Shot door</note>", `${marker}<note>Shot door</note>`);
  expect((await judge(wrong)).exitCode).not.toBe(0);
});
