import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { KEY, openStudio } from "./studio.ts";
import { treeOf } from "./tree.ts";

test.concurrent("where all works the doctor says so, with the balance; it buys nothing and leaves no folder behind", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, { balance: 777, asksTools: true });
  const ran = await studio.callsheet("doctor");
  expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
  expect(ran.stdout).not.toMatch(/^no/m);
  expect(ran.stdout).toContain(`${studio.vendor.origin} takes the key: 777 credits left`);
  expect(ran.stdout).toContain("output/ledger.db, not begun yet");
  expect(ran.stdout).not.toContain(KEY);
  expect(studio.vendor.purchases().calls.map(({ target }) => target)).toEqual(["credit"]);
  // What ffmpeg can do is looked up once and remembered.
  expect([...(await treeOf(studio.folder)).keys()]).toEqual(["state/callsheet/ffmpeg.json"]);
});

test.concurrent("--json is one document with the same findings", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  const ran = await studio.callsheet("doctor", "--json");
  expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
  const document = JSON.parse(ran.stdout);
  expect(document).toMatchObject({ version: 1, isFine: true });
  const subjects = document.findings.map(({ subject }: { subject: string }) => subject);
  expect(subjects).toEqual([
    "Node",
    "ffmpeg",
    "encode",
    "burned text",
    "ffprobe",
    "output",
    "ledger",
    "account folder",
    "vendor",
    "webhook key",
  ]);
});

test.concurrent("without a key it says how to get one: exit 1", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  const ran = await studio.start(["doctor"], { KIE_API_KEY: undefined }).ended;
  expect(ran).toMatchObject({ exitCode: 1 });
  expect(ran.stdout).toMatch(/^no {3}vendor .*no key\n +Set KIE_API_KEY/m);
  expect(studio.vendor.purchases().calls).toEqual([]);
});

test.concurrent("an ffmpeg that is not where FFMPEG_PATH says is named, with where to get one", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  const ran = await studio.start(["doctor"], { FFMPEG_PATH: "/nowhere/ffmpeg" }).ended;
  expect(ran).toMatchObject({ exitCode: 1 });
  expect(ran.stdout).toMatch(/^no {3}ffmpeg +.*\/nowhere\/ffmpeg/m);
  expect(ran.stdout).toContain("apt-get install -y ffmpeg");
});

test.concurrent("a vendor that is not there is told from a key that is not taken", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished, {
    faults: "faults: [{ endpoint: credit, nth: 1, fault: code-401 }]",
  });
  const refused = await studio.callsheet("doctor");
  expect(refused).toMatchObject({ exitCode: 1 });
  expect(refused.stdout).toContain("Set KIE_API_KEY to a valid key.");
  const silent = await studio.start(["doctor"], { KIE_API_URL: "http://127.0.0.1:9" }).ended;
  expect(silent).toMatchObject({ exitCode: 1 });
  expect(silent.stdout).toContain("Check the network, KIE_API_URL and HTTPS_PROXY.");
});

test.concurrent("a file where a folder should be, and a ledger that is none, are found", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("output/ledger.db", "not a ledger, whatever it is called\n");
  const damaged = await studio.callsheet("doctor");
  expect(damaged).toMatchObject({ exitCode: 1 });
  expect(damaged.stdout).toMatch(/^no {3}ledger .*output\/ledger\.db is damaged/m);

  await writeFile(join(studio.folder, "films"), "");
  const blocked = await studio.start(["doctor", "--output", "films"], { XDG_STATE_HOME: join(studio.folder, "films") })
    .ended;
  expect(blocked).toMatchObject({ exitCode: 1 });
  expect(blocked.stdout).toMatch(/^no {3}output +films is a file/m);
  expect(blocked.stdout).toMatch(/^no {3}account folder .*films is a file, not a folder/m);
});
