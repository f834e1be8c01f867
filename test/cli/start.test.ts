import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Script } from "node:vm";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");

/** Name of the built program, which is named after its content. */
async function programIn(folder: string): Promise<string> {
  const names = await readdir(folder);
  return names.find((name) => /^program-[0-9a-f]{16}\.js$/.test(name)) ?? "none";
}

test("V8 takes what it compiled when the program was built, and its text is plain ASCII", async () => {
  const program = join(ROOT, "dist", await programIn(join(ROOT, "dist")));
  const code = await readFile(program);
  expect(code.findIndex((byte) => byte >= 0x80)).toBe(-1);
  const cachedData = await readFile(`${program}.compiled`);
  const script = new Script(code.toString("latin1"), { filename: "callsheet/program.js", cachedData });
  expect(script.cachedDataRejected).toBe(false);
});

test("the program starts all the same where V8 does not take what was compiled", async ({ onTestFinished }) => {
  // It finds its packages from where it lies.
  const cache = join(ROOT, "node_modules/.cache");
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "callsheet-start-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await cp(join(ROOT, "dist"), folder, { recursive: true });
  const plan = (program: string) => {
    const args = [program, "plan", join(ROOT, "manifests/demo.yaml"), "--simulate"];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: folder,
      encoding: "utf8",
      env: { PATH: process.env["PATH"], HOME: folder },
    });
    return { status, stdout, stderr };
  };
  const usual = plan(join(ROOT, "dist/callsheet.mjs"));
  expect(usual.status).toBe(0);
  for (const compiled of [new Uint8Array(), new Uint8Array(4_000).fill(7)]) {
    await writeFile(join(folder, `${await programIn(folder)}.compiled`), compiled);
    expect(plan(join(folder, "callsheet.mjs"))).toEqual(usual);
  }
});
