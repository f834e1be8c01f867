import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { commandLine } from "../../src/manifest/command-line.ts";
import { printable } from "../../src/report/printable.ts";

test.for<[string, string, Parameters<typeof commandLine>]>([
  ["a plain name needs nothing", "callsheet run film.yaml", [{ shown: "film.yaml", calledWith: [] }, "run"]],
  [
    "the flags of the run come along",
    "callsheet run film.yaml --retry-failed --simulate --output out",
    [{ shown: "film.yaml", calledWith: ["--simulate", "--output", "out"] }, "run", [], ["--retry-failed"]],
  ],
  [
    "spaces and quotes are kept together",
    "callsheet adopt 'my films/it'\\''s.yaml' a TASK --output 'a b'",
    [{ shown: "my films/it's.yaml", calledWith: ["--output", "a b"] }, "adopt", ["a", "TASK"]],
  ],
  [
    "a task id is no command",
    "callsheet adopt film.yaml a '$(reboot);`id`' --take 2",
    [{ shown: "film.yaml", calledWith: [] }, "adopt", ["a", "$(reboot);`id`"], ["--take", "2"]],
  ],
  [
    "what begins like a flag is none",
    "callsheet adopt --output o -- film.yaml a --help",
    [{ shown: "film.yaml", calledWith: ["--output", "o"] }, "adopt", ["a", "--help"]],
  ],
])("%s", ([, line, call]) => {
  expect(commandLine(...call)).toBe(line);
});

test("whatever a path or a task id holds, a shell reads it back as it was, even from a screen", () => {
  const words = [
    ...[
      "a b",
      "it's",
      '"',
      "\\",
      "$HOME",
      "$(id)",
      "`id`",
      "a;b",
      "a|b",
      "a&b",
      "*",
      "?",
      "~",
      "#",
      "!",
      "!!",
      "[a]",
      "{a,b}",
    ],
    ...[
      "a  b",
      " a",
      "a ",
      "a\tb",
      "a\nb",
      "\u001b[31m",
      "\u202etxt",
      "a\u200bb",
      "\u007f",
      "%s%n",
      "\\0101",
      "é🎬  x",
      "<x>",
      "=",
      "-",
    ],
    ...["", "a\\", "'", "''", "-n", "--", "\u2028", "\r\n."],
  ];
  // As a terminal is sent it: on one line, without anything that steers.
  const shown = printable(commandLine({ shown: "x", calledWith: [] }, "adopt", [], words)).replace(/^callsheet /, "");
  const read = execFileSync("sh", ["-c", `printf '%s\\0' ${shown}`], { encoding: "utf8" });
  expect(read.split("\0").slice(2, -1)).toEqual(words);
  expect(shown).toMatch(/^[^\p{Cc}\p{Cf}]+$/u);
});
