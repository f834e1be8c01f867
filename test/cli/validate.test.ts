import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openStudio } from "./studio.ts";

/** Ten mistakes of ten kinds. */
const WRONG = `title: Wrong
frobnicate: 1
shots:
  - id: "../../etc/passwd"
    prompt: A door
    resolution: 8k
  - id: a
    prompt: A net
    image: nope.png
  - id: a
    prompt: ""
  - id: b
    prompt: A boat in \${city}
    follows: c
  - id: c
    prompt: A quay
    follows: b
sequences:
  - { id: film, shots: [zzz, { shot: a, in: 9 }] }
`;

const RULES = [
  ...["unknown-key", "unsafe-id", "shot-resolution", "still-missing", "duplicate-id"],
  ...["blank-prompt", "variable-unknown", "shot-circle", "unknown-shot", "clip-trim"],
];

test("every problem of a manifest is shown at once, with its place, its line and what is meant", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("wrong.yaml", WRONG);
  const ran = await studio.callsheet("validate", "wrong.yaml");
  expect(ran).toMatchObject({ exitCode: 2, stdout: "" });
  for (const rule of RULES) expect(ran.stderr).toContain(`[${rule}]`);
  expect(ran.stderr).toContain(
    [
      'wrong.yaml:6:17: shot "../../etc/passwd" asks for 8k; takes come in 720p, 1080p or 4k [shot-resolution]',
      "  |",
      "6 |     resolution: 8k",
      "  |                 ^^",
      "  Write 4k.",
    ].join("\n"),
  );
  expect(ran.stderr).toContain("10 problems in wrong.yaml. Nothing was submitted: 0 credits spent.");
});

test("--json is one document with the same problems, also when there is none", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("wrong.yaml", WRONG);
  await studio.write("right.yaml", "shots: [{ id: a, prompt: A net }]\n");

  const both = await studio.callsheet("validate", "wrong.yaml", "right.yaml", "--json");
  expect(both).toMatchObject({ exitCode: 2, stderr: "" });
  const document = JSON.parse(both.stdout);
  expect(document.problems.map(({ rule }: { rule: string }) => rule).toSorted()).toEqual(RULES.toSorted());
  expect(document.problems).toContainEqual(
    expect.objectContaining({ rule: "shot-resolution", place: { file: "wrong.yaml", line: 6, column: 17 } }),
  );
  expect(document.valid).toEqual([{ manifest: "right.yaml", name: "right", shots: ["a"], sequences: ["film"] }]);

  const right = await studio.callsheet("validate", "right.yaml", "--json");
  expect(right).toMatchObject({ exitCode: 0, stderr: "" });
  expect(JSON.parse(right.stdout)).toMatchObject({ version: 1, problems: [], warnings: [] });
});

test("manifests without problems are counted, and nothing is written or asked", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("a.yaml", "shots: [{ id: a, prompt: A net }, { id: b, prompt: A boat }]\n");
  await studio.write("films/b.yaml", "shots: [{ id: a, prompt: A net }]\n");
  const ran = await studio.callsheet("validate", "a.yaml", "films/b.yaml");
  expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
  expect(ran.stdout).toBe("a.yaml: 2 shots, 1 film, no problems\nfilms/b.yaml: 1 shot, 1 film, no problems\n");
  expect(studio.vendor.purchases().calls).toEqual([]);
});

test("two manifests of one name are refused, as they would share a folder", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("a.yaml", "name: film\nshots: [{ id: a, prompt: A net }]\n");
  await studio.write("b.yaml", "name: film\nshots: [{ id: a, prompt: A boat }]\n");
  const ran = await studio.callsheet("validate", "a.yaml", "b.yaml");
  expect(ran).toMatchObject({ exitCode: 2, stdout: "" });
  expect(ran.stderr).toMatch(/b\.yaml:1:\d+: .*film.*a\.yaml/);
});

test("what is no manifest is named: a missing file, a folder, a picture, a file that unfolds without end", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await mkdir(join(studio.folder, "stills"));
  await studio.write("door.png", new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0xff, 0xfe]));
  const letters = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
  const bomb = letters.map(
    (letter, at) => `${letter}: &${letter} [${Array(9).fill(at ? `*${letters[at - 1]}` : "x")}]`,
  );
  await studio.write("bomb.yaml", `${bomb.join("\n")}\n`);

  const ran = await studio.callsheet("validate", "nope.yaml", "stills", "door.png", "bomb.yaml");
  expect(ran).toMatchObject({ exitCode: 2, stdout: "" });
  expect(ran.stderr).toContain("nope.yaml:1:1: the manifest is not there [file-missing]");
  expect(ran.stderr).toContain("stills:1:1: the manifest is a folder, not a file [file-kind]");
  expect(ran.stderr).toContain("door.png:1:1: the manifest is not UTF-8 text");
  expect(ran.stderr).toMatch(/bomb\.yaml:\d+:\d+: .* \[yaml-alias\]/);
  expect(ran.tookMs).toBeLessThan(10_000);
});

test("nothing that a manifest says reaches the terminal as a control sequence", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  const hostile = [
    'title: "\\e[31mred \\u202e reversed"',
    "x\u009b31m: 1",
    "shots:",
    '  - id: "\\e[2J"',
    '    prompt: "\\e]0;title\\a"',
    "    model: raw\u009b2Jveo",
    '    image: "\\e[5mstill.png"',
    "",
  ].join("\n");
  await studio.write("hostile.yaml", hostile);
  for (const command of ["validate", "plan", "run", "status"]) {
    const { exitCode, stdout, stderr } = await studio.callsheet(command, "hostile.yaml");
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  }
});
