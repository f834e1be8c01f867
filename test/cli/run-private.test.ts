import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { KEY, openStudio } from "./studio.ts";

vi.setConfig({ testTimeout: 120_000 });

test.concurrent("ledger, account file and logs are nobody else's to read, and no byte of a bad night holds the key", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished, {
    faults: `
faults:
  - { endpoint: generate, nth: 2, fault: html-502-after }
  - { endpoint: generate, nth: 3, fault: code-422 }
  - { endpoint: record-info, nth: 1, fault: reset-before }
  - { endpoint: file, nth: 1, fault: html-file }
  - { endpoint: file, nth: 2, fault: truncated-file }
`,
  });
  const shots = ["a", "b", "c", "d"].map((id) => `  - { id: ${id}, prompt: "Shot ${id} \u202e of many" }`).join("\n");
  await studio.write("film.yaml", `on_failed: { command: [env] }\nshots:\n${shots}\n`);
  const told: string[] = [];
  for (const args of [
    ["run", "film.yaml"],
    ["run", "film.yaml", "--json"],
    ["status", "film.yaml"],
    ["doctor", "--json"],
  ]) {
    const { stdout, stderr } = await studio.callsheet(...args);
    told.push(stdout, stderr);
  }
  expect(told.join("").replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);

  const entries = await readdir(studio.folder, { recursive: true, withFileTypes: true });
  const written = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const bytes = Buffer.concat([
    Buffer.from(told.join("")),
    ...(await Promise.all(written.map((path) => readFile(path)))),
  ]);
  for (const form of ["utf8", "base64", "base64url", "hex"] as const) {
    expect(bytes.includes(Buffer.from(KEY).toString(form)), form).toBe(false);
  }
  const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
  const secret = written.filter((path) => /\.(db|jsonl)$/.test(path));
  expect(secret.length).toBeGreaterThan(2);
  for (const path of secret) expect([path, await modeOf(path)]).toEqual([path, "600"]);
  for (const folder of ["output/log", "state/callsheet"]) {
    expect([folder, await modeOf(join(studio.folder, folder))]).toEqual([folder, "700"]);
  }
});
