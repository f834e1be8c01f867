import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { expect, test } from "vitest";

const PROGRAM = resolve(import.meta.dirname, "../../dist/callsheet.mjs");
const COMMANDS = [
  ...["run", "plan", "status", "validate", "join"],
  ...["adopt", "forget", "rename", "doctor", "simulate"],
];

function callsheet(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
    cwd: tmpdir(),
    encoding: "utf8",
    env: {},
  });
  return { exitCode: status, stdout, stderr };
}

test("--help names every command on stdout", () => {
  const help = callsheet("--help");
  expect(help).toMatchObject({ exitCode: 0, stderr: "" });
  for (const command of COMMANDS) expect(help.stdout).toMatch(new RegExp(`^  ${command} `, "m"));
});

test.each(COMMANDS)("%s --help says how to call it", (command) => {
  const help = callsheet(command, "--help");
  expect(help).toMatchObject({ exitCode: 0, stderr: "" });
  expect(help.stdout).toMatch(new RegExp(`^Usage: callsheet ${command} `));
  expect(callsheet("help", command)).toEqual(help);
});

test("--version tells a version", () => {
  expect(callsheet("--version")).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
});

test("--help starts quickly: it loads nothing that only a command needs", () => {
  const time = (args: readonly string[]) => {
    const startedAt = performance.now();
    spawnSync(process.execPath, args, { cwd: tmpdir(), env: {} });
    return performance.now() - startedAt;
  };
  const bare: number[] = [];
  const help: number[] = [];
  for (let round = 0; round < 7; round++) {
    bare.push(time(["-e", "0"]));
    help.push(time([PROGRAM, "run", "--help"]));
  }
  const [bareMs, helpMs] = [median(bare), median(help)];
  console.info(`node -e 0: ${bareMs.toFixed(0)} ms; callsheet run --help: ${helpMs.toFixed(0)} ms`);
  // The promise is 150 ms on an idle machine; a busy one makes both slow.
  expect(helpMs).toBeLessThan(Math.max(150, 3 * bareMs));
});

test.each([
  ["an unknown command", ["bake"], "callsheet --help"],
  ["an unknown flag", ["plan", "film.yaml", "--fast"], "callsheet plan --help"],
  ["a missing manifest", ["run"], "callsheet run --help"],
  ["a missing argument", ["adopt", "film.yaml", "a"], "callsheet adopt --help"],
  ["one argument too many", ["rename", "film.yaml", "a", "b", "c"], "callsheet rename --help"],
  ["a budget that is no number", ["run", "film.yaml", "--budget", "lots"], "callsheet run --help"],
  ["an empty budget", ["run", "film.yaml", "--budget", ""], "callsheet run --help"],
  ["a speed of 0", ["run", "film.yaml", "--speed", "0"], "callsheet run --help"],
  ["a port that is none", ["simulate", "--port", "70000"], "callsheet simulate --help"],
  ["a take of 0", ["forget", "film.yaml", "a", "--take", "0"], "callsheet forget --help"],
  ["an unknown way of drawing clips", ["simulate", "--clips", "painted"], "callsheet simulate --help"],
])("%s is wrong usage: exit 2, words and a hint on stderr, nothing on stdout", (_, args, hint) => {
  const ran = callsheet(...args);
  expect(ran).toMatchObject({ exitCode: 2, stdout: "" });
  expect(ran.stderr).toContain("error: ");
  expect(ran.stderr).toContain(hint);
});

test.each([[[]], [["help", "bake"]]])("callsheet %j shows the help on stderr, as nothing was done", (args) => {
  const ran = callsheet(...args);
  expect(ran).toMatchObject({ exitCode: 2, stdout: "" });
  expect(ran.stderr).toContain("Usage: callsheet");
});

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
