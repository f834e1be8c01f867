import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openProcesses } from "../../src/world/execa-processes.ts";
import { openClock } from "../../src/world/system-clock.ts";

const processes = openProcesses(openClock());

/** Whether a process is still running; one that was not yet waited for does not count. */
async function isRunning(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return status !== "" && !/\) Z /.test(status);
}

test("exit code, output and errors come back as they were said", async () => {
  const outcome = await processes.run("sh", ["-c", "echo out; echo err >&2; exit 3"]);
  expect(outcome).toMatchObject({ exitCode: 3, stdout: "out\n", stderr: "err\n", stopped: undefined });
});

test("arguments reach the program as they are, and the shown line can be pasted", async () => {
  const words = ["two words", "it's", "$HOME", "a\nb", ""];
  const outcome = await processes.run("printf", ["%s|", ...words]);
  expect(outcome.stdout).toBe(`${words.join("|")}|`);
  expect((await processes.run("sh", ["-c", outcome.shown])).stdout).toBe(outcome.stdout);
});

test("a program that is not there is an answer, not an exception", async () => {
  expect(await processes.run("no-such-program", [])).toMatchObject({ exitCode: undefined, stopped: "ENOENT" });
});

test("a time-out is nominal: at a speed of 100 ten seconds last a tenth of one", async () => {
  const started = performance.now();
  const outcome = await openProcesses(openClock(100)).run("sleep", ["20"], { timeoutMs: 10_000 });
  expect(outcome).toMatchObject({ exitCode: undefined, stopped: "timed out" });
  expect(performance.now() - started).toBeLessThan(3_000);
});

test("a cancelled program goes together with all it started", async ({ onTestFinished }) => {
  const folder = await mkdtemp(join(tmpdir(), "callsheet-processes-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const stop = new AbortController();
  const ran = processes.run("sh", ["-c", `sleep 30 & echo $! > ${folder}/pid; wait`], { signal: stop.signal });
  let child = 0;
  while (child === 0) child = Number(await readFile(join(folder, "pid"), "utf8").catch(() => "0"));
  stop.abort();
  expect(await ran).toMatchObject({ exitCode: undefined, stopped: "cancelled" });
  await expect.poll(() => isRunning(child)).toBe(false);
});

test("a program has a process group of its own, so Ctrl-C does not reach it", async () => {
  const { stdout } = await processes.run("sh", ["-c", "cut -d' ' -f5 /proc/$$/stat; echo $$"]);
  const [group, pid] = stdout.trim().split("\n");
  expect(group).toBe(pid);
});

test("a program sees a minimal environment and what it is given, never the key", async () => {
  const own = openProcesses(openClock(), { PATH: process.env["PATH"], KIE_API_KEY: "secret", LANG: "C" });
  const { stdout } = await own.run("env", [], { env: { SHOT: "harbour" } });
  expect(stdout).toContain("SHOT=harbour\n");
  expect(stdout).toContain("LANG=C\n");
  expect(stdout).not.toMatch(/KIE|secret/);
});

test("what is given as input is read, and without it input is at its end", async () => {
  expect((await processes.run("cat", [], { input: Buffer.from("hello") })).stdout).toBe("hello");
  expect((await processes.run("cat", [])).stdout).toBe("");
});
