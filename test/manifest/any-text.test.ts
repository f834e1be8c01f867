// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a manifest's own variables look like this
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ManifestProblem } from "../../src/manifest/manifest-problem.ts";
import { readManifest } from "../../src/manifest/read-manifest.ts";
import type { Files } from "../../src/world/files.ts";
import { openFiles } from "../../src/world/node-files.ts";

/** The real disk, apart from one file that is never written there. */
function filesWith(path: string, text: string): Files {
  const bytes = new TextEncoder().encode(text);
  const disk = openFiles();
  return {
    ...disk,
    stat: async (asked) => (asked === path ? { kind: "file", bytes: bytes.length, changedAt: 0 } : disk.stat(asked)),
    readBytes: async (asked, range) => (asked === path ? bytes : disk.readBytes(asked, range)),
  };
}

const CWD = "/nowhere-at-all";
const read = (text: string) => readManifest("film.yaml", { files: filesWith(`${CWD}/film.yaml`, text) }, { cwd: CWD });

function expectInside({ place, length }: ManifestProblem, text: string): void {
  const lines = text.replace(/^\ufeff/, "").split("\n");
  expect(place.line).toBeGreaterThanOrEqual(1);
  expect(place.line).toBeLessThanOrEqual(lines.length);
  const line = lines[place.line - 1] ?? "";
  expect(place.column).toBeGreaterThanOrEqual(1);
  expect(place.column).toBeLessThanOrEqual(line.length + 1);
  expect(length).toBeGreaterThanOrEqual(1);
  expect(place.column - 1 + length).toBeLessThanOrEqual(Math.max(line.length, place.column));
}

async function expectSound(text: string): Promise<void> {
  const wellFormed = new TextDecoder().decode(new TextEncoder().encode(text));
  const parsed = await read(text);
  if (!parsed.ok) expect(parsed.problems.length).toBeGreaterThan(0);
  for (const problem of parsed.ok ? parsed.warnings : parsed.problems) expectInside(problem, wellFormed);
}

test("any text is a manifest or has problems that stand inside it", async () => {
  await fc.assert(fc.asyncProperty(fc.string({ unit: "binary", maxLength: 200 }), expectSound), { numRuns: 300 });
});

const PIECES = [
  ..."-?:,[]{}#&*!|>'\"%@` \n\t\r",
  "\n  ",
  "\n- ",
  "\n  - id: a",
  "shots:",
  "\n    prompt: p",
  "sequences: [{ id: film, shots: [a, { shot: a, in: 9 }] }]\n",
  "<<: *a",
  "&a ",
  "*a",
  "${city}",
  "variables: { city: x }\n",
  "__proto__: ",
  "constructor: 1\n",
  "follows: a",
  "%YAML 1.1\n---\n",
  "---\n",
  "!!set ",
  "\u0085",
  "\u2028",
  "\ufeff",
  "😀",
];

test("any jumble of what manifests are made of has problems that stand inside it", async () => {
  const jumble = fc.array(fc.constantFrom(...PIECES), { maxLength: 30 }).map((pieces) => pieces.join(""));
  await fc.assert(fc.asyncProperty(jumble, expectSound), { numRuns: 700 });
});

test("any value under any key of a shot has problems that stand inside it", async () => {
  const keys = ["id", "prompt", "image", "references", "follows", "extends", "seed", "takes", "aspect_ratio", "style"];
  const shot = fc.dictionary(fc.constantFrom(...keys), fc.jsonValue({ maxDepth: 2 }));
  const manifest = fc.record(
    {
      shots: fc.oneof(fc.array(shot, { maxLength: 4 }), fc.jsonValue()),
      defaults: fc.oneof(shot, fc.jsonValue()),
      variables: fc.jsonValue({ maxDepth: 1 }),
      sequences: fc.oneof(
        fc.array(fc.dictionary(fc.constantFrom("id", "shots", "size"), fc.jsonValue())),
        fc.jsonValue(),
      ),
    },
    { requiredKeys: ["shots"] },
  );
  await fc.assert(
    fc.asyncProperty(manifest, (value) => expectSound(JSON.stringify(value, undefined, 1))),
    { numRuns: 300 },
  );
});

test.for([
  ["flow lists", "[".repeat(100_000)],
  ["flow blocks", "{a: ".repeat(100_000)],
  ["lists on one line", "- ".repeat(100_000)],
  ["question marks", "? ".repeat(100_000)],
  ["blocks below each other", Array.from({ length: 2000 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n")],
  ["lists below each other", Array.from({ length: 2000 }, (_, depth) => `${" ".repeat(depth)}-`).join("\n")],
] as const)("values thousands of levels deep are a problem and not the end of the process: %s", async ([, text]) => {
  const parsed = await read(text);
  expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.rule)).toEqual(["yaml-depth"]);
});

test("the time to read grows with the shots, not with their square", async () => {
  const manifestOf = (count: number) =>
    `shots:\n${Array.from({ length: count }, (_, index) => {
      const follows = index > 0 ? `\n    follows: s${index - 1}` : "";
      return `  - id: s${index}\n    prompt: A lamp turns, number ${index}${follows}\n    resolution: 1080p\n`;
    }).join("")}`;
  const millisecondsFor = async (count: number) => {
    const text = manifestOf(count);
    const began = performance.now();
    const parsed = await read(text);
    expect(parsed.ok && parsed.value.shots.length).toBe(count);
    return performance.now() - began;
  };
  const bestOf = async (count: number) => {
    const times = [];
    for (let round = 0; round < 4; round++) times.push(await millisecondsFor(count));
    return Math.min(...times);
  };
  await millisecondsFor(500);
  const small = await bestOf(500);
  const large = await bestOf(4000);
  console.log(`500 shots: ${small.toFixed(0)} ms; 4000 shots: ${large.toFixed(0)} ms`);
  expect(large).toBeLessThan(small * 8 * 4); // eight times the work; quadratic would be sixty-four times
});
