import { execFileSync } from "node:child_process";
import { link, mkdir, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { showProblems } from "../../src/report/squiggle.ts";
import { bombs } from "./bombs.ts";
import { openFolder, problemsOf, STILLS } from "./manifest-folder.ts";

const ESCAPE = "\u001b";
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

const NAMES = [
  ...[
    "..",
    ".",
    "../x",
    "a/../../x",
    "/etc/x",
    "\\\\host\\x",
    "C:\\x",
    "c:x",
    "a/b",
    "a\\b",
    "~",
    "~/x",
    "-rf",
    "--help",
  ],
  ...["CON", "con", "NUL", "nul.txt", "COM1", "LPT9", "aux", "a.", "a ", " a", "a..", ".hidden", "a\u0000b", "a\nb"],
  ...[
    "é",
    "e\u0301",
    "ａ",
    "\u202Etxt",
    "a\u200bb",
    `a${ESCAPE}[31m`,
    "$(id)",
    "`id`",
    "a;b",
    "a|b",
    "a*",
    "a?",
    "%2e%2e",
  ],
  ...["x".repeat(65), "x".repeat(5000), "constructor()", "log/..", "a:stream", "", "🎬"],
];

test.for(NAMES.map((name) => [JSON.stringify(name).slice(0, 40), name] as const))(
  "no name leaves its folder, stops a system or steers a terminal: %s",
  async ([, name], { onTestFinished }) => {
    const text = (key: string) => {
      const manifest = {
        ...(key === "name" ? { name } : {}),
        shots: [{ id: key === "shot" ? name : "a", prompt: "p" }],
        ...(key === "sequence" ? { sequences: [{ id: name, shots: ["a"] }] } : {}),
      };
      return JSON.stringify(manifest);
    };
    for (const key of ["name", "shot", "sequence"]) {
      const folder = await openFolder({ "film.yaml": text(key) }, onTestFinished);
      const [problem = "", ...others] = problemsOf(await folder.read());
      expect(others).toEqual([]);
      expect(problem).toMatch(/\[(unsafe-id|batch-name|value)\]/);
      expect(problem.length).toBeLessThan(500);
    }
  },
);

test("names that a disk may keep in one place are refused, and those of our own objects are names like any other", async ({
  onTestFinished,
}) => {
  const manifest = (ids: readonly string[]) => JSON.stringify({ shots: ids.map((id) => ({ id, prompt: "p" })) });
  const folder = await openFolder(
    { "film.yaml": manifest(["Lamp", "lAMP"]), "own.yaml": manifest(["constructor", "toString", "hasOwnProperty"]) },
    onTestFinished,
  );
  expect(problemsOf(await folder.read())).toEqual([expect.stringContaining("differs only by case")]);
  expect(problemsOf(await folder.read("own.yaml"))).toEqual([]);
});

test("variables may be called like our own objects' insides, and change none of them", async ({ onTestFinished }) => {
  const text = `variables: { __proto__: x, constructor: y, toString: z }
shots: [{ id: a, prompt: "\${__proto__} \${constructor} \${toString}" }]\n`;
  const folder = await openFolder({ "film.yaml": text }, onTestFinished);
  const parsed = await folder.read();
  expect(problemsOf(parsed)).toEqual([]);
  expect(parsed.ok && parsed.value.shots[0]?.prompt).toBe("x y z");
  expect(Object.keys(Object.prototype)).toEqual([]);
});

test("a picture that is a device, a pipe, a socket, a folder or without end is refused at once", async ({
  onTestFinished,
}) => {
  const folder = await openFolder(STILLS, onTestFinished);
  execFileSync("mkfifo", [join(folder.path, "pipe.png")]);
  await symlink("/dev/zero", join(folder.path, "zero.png"));
  await symlink("pipe.png", join(folder.path, "to-pipe.png"));
  await symlink("round.png", join(folder.path, "round.png"));
  await mkdir(join(folder.path, "folder.png"));
  await link(join(folder.path, "still.png"), join(folder.path, "linked.png"));
  const server = createServer().listen(join(folder.path, "socket.png"));
  onTestFinished(() => new Promise((closed) => void server.close(() => closed())));
  await new Promise((listening) => server.once("listening", listening));
  const paths = [
    ...["pipe.png", "to-pipe.png", "zero.png", "round.png", "folder.png", "socket.png"],
    ...["/dev/zero", "/dev/stdin", "/dev/random", "/proc/self/environ", "/etc/passwd", "still.png/x", "a\u0000b.png"],
    ...["x".repeat(5000), "file:///etc/passwd", "data:image/png;base64,AAAA", "http://10.0.0.1/a.png", "ftp://a/b.png"],
  ];
  for (const path of paths) {
    await writeFile(join(folder.path, "film.yaml"), JSON.stringify({ shots: [{ id: "a", prompt: "p", image: path }] }));
    const [problem, ...others] = problemsOf(await folder.read());
    expect(problem, path.slice(0, 40)).toMatch(/\[still-/);
    expect(others).toEqual([]);
  }
  await writeFile(join(folder.path, "film.yaml"), "shots: [{ id: a, prompt: p, image: linked.png }]\n");
  expect(problemsOf(await folder.read())).toEqual([]);
});

test("a manifest, an account file or a price file that is no plain file is refused at once", async ({
  onTestFinished,
}) => {
  const folder = await openFolder({ "film.yaml": "shots: [{ id: a, prompt: p }]\n" }, onTestFinished);
  execFileSync("mkfifo", [join(folder.path, "pipe.yaml"), join(folder.path, "callsheet.yaml")]);
  for (const name of ["pipe.yaml", "/dev/zero", "/dev/stdin", "."]) {
    expect(problemsOf(await folder.read(name)).join(), name).toMatch(/\[file-kind\]/);
  }
  // A pipe of the account file's name is nobody's account file.
  expect(problemsOf(await folder.read())).toEqual([]);
  for (const prices of ["pipe.yaml", "/dev/zero", "a\u0000b", "x".repeat(5000)]) {
    await writeFile(join(folder.path, "film.yaml"), JSON.stringify({ prices, shots: [{ id: "a", prompt: "p" }] }));
    expect(problemsOf(await folder.read()).join(), prices.slice(0, 40)).toMatch(/\[(prices|file-\w+)\]/);
  }
});

test("an output folder that no disk can have is a problem of its file", async ({ onTestFinished }) => {
  const folder = await openFolder({ "film.yaml": "shots: [{ id: a, prompt: p }]\n" }, onTestFinished);
  await writeFile(join(folder.path, "callsheet.yaml"), JSON.stringify({ output: "a\u0000b" }));
  expect(problemsOf(await folder.read())).toEqual([expect.stringContaining("callsheet.yaml:")]);
});

test.for(bombs("short"))("a manifest of %s is told in few words", async ([_what, text], { onTestFinished }) => {
  const folder = await openFolder({ "film.yaml": text }, onTestFinished);
  const problems = problemsOf(await folder.read());
  expect(problems.length).toBeGreaterThan(0);
  expect(problems.join("").length).toBeLessThan(200_000);
});

test("a problem shows no character that would steer a terminal", async ({ onTestFinished }) => {
  const evil = `${ESCAPE}[2J${ESCAPE}]0;owned\u0007\u009b31m\u202e\u2066\u200b\u0000\u007f`;
  const manifest = { [evil]: 1, title: evil, shots: [{ id: evil, prompt: evil, image: `${evil}.png`, [evil]: 2 }] };
  const folder = await openFolder({ "film.yaml": JSON.stringify(manifest) }, onTestFinished);
  const parsed = await folder.read();
  if (parsed.ok) throw new Error("it was read");
  expect(parsed.problems.length).toBeGreaterThan(2);
  expect(showProblems(parsed.problems, parsed.sources).replaceAll("\n", "")).not.toMatch(UNSAFE);
});
