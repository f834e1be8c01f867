import { expect, test } from "vitest";
import { type Squiggled, showProblems, showWarnings } from "../../src/report/squiggle.ts";

const at = (line: number, column: number, length?: number, file = "manifests/harbour.yaml"): Squiggled => ({
  rule: "shot-resolution",
  message: 'shot "dawn-03" asks for 8k; takes come in 720p, 1080p or 4k',
  fix: "Write 4k.",
  place: { file, line, column },
  ...(length !== undefined && { length }),
});

const source = `${"\n".repeat(13)}    resolution: 8k\n`;
const sources = new Map([["manifests/harbour.yaml", source]]);

test("a problem is shown with its line, the very value underlined, and the way out", () => {
  expect(showProblems([at(14, 17, 2)], sources)).toBe(
    `manifests/harbour.yaml:14:17: shot "dawn-03" asks for 8k; takes come in 720p, 1080p or 4k [shot-resolution]
   |
14 |     resolution: 8k
   |                 ^^
   Write 4k.

1 problem in manifests/harbour.yaml. Nothing was submitted: 0 credits spent.
`,
  );
});

test("a problem that says no length underlines up to the next space", () => {
  expect(showProblems([at(14, 5)], sources)).toContain("\n   |     ^^^^^^^^^^^\n");
});

test("several problems in several files are counted together", () => {
  const shown = showProblems([at(14, 17, 2), at(14, 5), at(1, 1, 1, "callsheet.yaml")], sources);
  expect(shown).toMatch(
    /\n3 problems in manifests\/harbour\.yaml and callsheet\.yaml\. Nothing was submitted: 0 credits spent\.\n$/,
  );
});

test("without its source a problem keeps place and way out", () => {
  expect(showProblems([at(7, 1, 1)], new Map())).toBe(
    `manifests/harbour.yaml:7:1: shot "dawn-03" asks for 8k; takes come in 720p, 1080p or 4k [shot-resolution]
  Write 4k.

1 problem in manifests/harbour.yaml. Nothing was submitted: 0 credits spent.
`,
  );
});

test("no problem shows nothing", () => {
  expect(showProblems([], sources)).toBe("");
});

test("a problem without place or way out is one line", () => {
  const problem = { rule: "odd", message: "this is odd", fix: null, place: null };
  expect(showProblems([problem], sources)).toBe(
    "this is odd [odd]\n\n1 problem. Nothing was submitted: 0 credits spent.\n",
  );
});

test("a warning is called one and spends no words on money", () => {
  const warning = { rule: "yaml-version", message: "old", fix: "Go on.", place: null };
  expect(showWarnings([warning], sources)).toBe("warning: old [yaml-version]\n   Go on.\n");
});

test("nothing in a source line or message steers the terminal", () => {
  const evil = '  \u001b[2Jx\u009b31m\u202e: \t"\u0007v\u200b"\r';
  const problem = { ...at(1, evil.indexOf('"') + 1, 4), message: "holds \u001b[31m and\nmore", fix: "No \u0007." };
  const shown = showProblems([problem], new Map([["manifests/harbour.yaml", evil]]));
  expect(shown.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  const [, , line = "", squiggle = ""] = shown.split("\n");
  expect(line).toBe('1 |   ␛[2Jx\ufffd31m\ufffd:  "␇v\ufffd"');
  expect(squiggle.indexOf("^")).toBe(line.indexOf('"'));
});

test("the underline stands under the value behind characters of double width", () => {
  const text = "title: 灯塔é bad";
  const shown = showProblems([at(1, text.indexOf("bad") + 1, 3, "f.yaml")], new Map([["f.yaml", text]]));
  expect(shown).toContain(`\n1 | ${text}\n  | ${" ".repeat("title: ".length + 2 * 2 + 1 + 1)}^^^\n`);
});

test("a long line is cut around the value", () => {
  const text = `prompt: ${"a ".repeat(300)}BAD${" b".repeat(300)}`;
  const column = text.indexOf("BAD") + 1;
  const lines = showProblems([at(1, column, 3, "f.yaml")], new Map([["f.yaml", text]])).split("\n");
  const [, , line = "", squiggle = ""] = lines;
  expect(line.length).toBeLessThan(120);
  expect(line.slice(squiggle.indexOf("^"), squiggle.lastIndexOf("^") + 1)).toBe("BAD");
  expect(line).toMatch(/^1 \| ….*…$/);
});
