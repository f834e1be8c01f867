// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a manifest's own variables look like this
import { createHash } from "node:crypto";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Manifest, Parsed } from "../../src/manifest/manifest.ts";
import { duplicateNames, readManifest } from "../../src/manifest/read-manifest.ts";
import { USUAL_CHECKS } from "../../src/shot/clip-check.ts";
import { openFiles } from "../../src/world/node-files.ts";
import { openFolder, problemsOf, STILLS, told } from "./manifest-folder.ts";

/** The value, or a failure that shows what was found instead. */
function wellRead(parsed: Parsed<Manifest>): Manifest {
  if (!parsed.ok) throw new Error(told(parsed.problems).join("\n"));
  return parsed.value;
}

test("what a manifest leaves out is filled in", async ({ onTestFinished }) => {
  const folder = await openFolder({ "film.yaml": "shots:\n  - id: a\n    prompt: A lamp\n" }, onTestFinished);
  expect(wellRead(await folder.read())).toEqual({
    path: join(folder.path, "film.yaml"),
    shown: "film.yaml",
    calledWith: [],
    name: "film",
    title: undefined,
    budget: {},
    limits: {},
    prices: undefined,
    output: undefined,
    onDone: undefined,
    onFailed: undefined,
    shots: [
      {
        id: "a",
        place: { file: "film.yaml", line: 2, column: 9 },
        promptPlace: { file: "film.yaml", line: 3, column: 13 },
        prompt: "A lamp",
        model: "veo3_fast",
        aspectRatio: "16:9",
        resolution: "720p",
        translate: false,
        seed: undefined,
        start: { from: "prompt" },
        takes: 1,
        pick: undefined,
        dialogue: [],
        retry: undefined,
        seamTrim: "auto",
        colourMatch: false,
        checks: USUAL_CHECKS,
        sound: { native: 0, voice: undefined },
      },
    ],
    sequences: [
      {
        id: "film",
        place: { file: "film.yaml", line: 2, column: 3 },
        clips: [
          {
            shot: "a",
            place: { file: "film.yaml", line: 2, column: 9 },
            in: undefined,
            out: undefined,
            transition: undefined,
            fit: "pad",
          },
        ],
        size: undefined,
        frameRate: undefined,
        onMissing: "hold",
        captions: undefined,
        chapters: true,
        poster: undefined,
        encode: undefined,
        sound: { loudness: -14, music: undefined, voices: [] },
        exports: [],
      },
    ],
  });
});

test("everything that is said arrives", async ({ onTestFinished }) => {
  const manifest = `%YAML 1.2
---
version: 1
title: In \${city}
name: keeper
budget: { run: 900, day: 3000.5 }
limits: { starts: 18, seconds: 10.5, running: 60 }
variables: { city: Lisbon, number: 1.10 }
x-anything: [1, 2]
defaults: { model: veo3, aspect_ratio: "9:16", resolution: 1080p, style: "35 mm, \${number}", translate: true, takes: 2 }
shots:
  - { id: a, prompt: "One \${city}", image: still.png, last_image: still.jpg, seed: 10000, x-note: mine }
  - { id: b, prompt: "Two!", model: veo3_lite, references: [still.webp, "https://example.com/a.png"], style: "" }
  - { id: c, prompt: "  Three $\${city}  ", follows: a, last_image: still.png, takes: 20, pick: 21, dialogue: " Hi " }
  - { id: d, prompt: Four, extends: c, translate: false, resolution: 4k }
sequences:
  - { id: film, shots: [a, { shot: b, in: 0.5, out: 7.5 }, a], size: 4k, frame_rate: "24000/1001", loudness: off,
      captions: off, on_missing: slate, exports: [edl, otio, edl],
      encode: { codec: av1, audio: opus } }
  - { id: short, shots: [{ shot: d, transition: cut, fit: pad }], frame_rate: 25 }
`;
  const folder = await openFolder({ ...STILLS, "film.yaml": manifest }, onTestFinished);
  const value = wellRead(await folder.read());
  const still = (name: keyof typeof STILLS, mediaType: string) => ({
    from: "file",
    path: join(folder.path, name),
    sha256: createHash("sha256").update(STILLS[name]).digest("hex"),
    mediaType,
    bytes: STILLS[name].length,
  });

  expect(value).toMatchObject({
    title: "In Lisbon",
    name: "keeper",
    budget: {
      run: { credits: 900, place: { file: "film.yaml", line: 6, column: 16 } },
      day: { credits: 3000.5, place: { file: "film.yaml", line: 6, column: 26 } },
    },
    limits: { starts: 18, seconds: 10.5, running: 60 },
  });
  const common = { model: "veo3", aspectRatio: "9:16", resolution: "1080p", translate: true, takes: 2 };
  expect(value.shots).toMatchObject([
    {
      ...common,
      prompt: "One Lisbon. 35 mm, 1.10",
      seed: 10000,
      start: { from: "image", first: still("still.png", "image/png"), last: still("still.jpg", "image/jpeg") },
    },
    {
      ...common,
      prompt: "Two!",
      model: "veo3_lite",
      start: {
        from: "references",
        images: [still("still.webp", "image/webp"), { from: "url", url: "https://example.com/a.png" }],
      },
    },
    {
      ...common,
      prompt: "Three ${city}. 35 mm, 1.10",
      start: { from: "follows", parent: "a", last: still("still.png", "image/png") },
      takes: 20,
      pick: 21,
      dialogue: [{ texts: [{ language: undefined, text: "Hi" }], in: undefined, out: undefined }],
    },
    { ...common, resolution: "4k", translate: false, start: { from: "extends", parent: "c" } },
  ]);
  expect(value.sequences).toMatchObject([
    {
      id: "film",
      clips: [{ shot: "a" }, { shot: "b", in: 0.5, out: 7.5 }, { shot: "a" }],
      size: "4k",
      frameRate: { numerator: 24000, denominator: 1001 },
      onMissing: "slate",
      exports: ["edl", "otio"],
      encode: { codec: "av1", crf: 28, preset: "8", audio: "opus" },
    },
    { id: "short", clips: [{ shot: "d" }], frameRate: { numerator: 25, denominator: 1 }, onMissing: "hold" },
  ]);
});

test("a beginning of the shot's own takes the place of one in defaults", async ({ onTestFinished }) => {
  const manifest = `defaults: { image: still.png, last_image: still.jpg, aspect_ratio: Auto }
shots:
  - { id: a, prompt: p }
  - { id: b, prompt: p, follows: a }
  - { id: c, prompt: p, extends: b }
  - { id: d, prompt: p, references: [still.png], aspect_ratio: "16:9" }
`;
  const folder = await openFolder({ ...STILLS, "film.yaml": manifest }, onTestFinished);
  const { shots } = wellRead(await folder.read());
  expect(shots.map(({ start }) => [start.from, "last" in start])).toEqual([
    ["image", true],
    ["follows", true],
    ["extends", false],
    ["references", false],
  ]);
});

test("an extension has the ratio of the shot it goes back to", async ({ onTestFinished }) => {
  const manifest = `shots:
  - { id: c, prompt: p, extends: b }
  - { id: b, prompt: p, extends: a }
  - { id: a, prompt: p, aspect_ratio: "9:16" }
`;
  const folder = await openFolder({ "film.yaml": manifest }, onTestFinished);
  expect(wellRead(await folder.read()).shots.map((shot) => shot.aspectRatio)).toEqual(["9:16", "9:16", "9:16"]);
});

test.for([
  ["A lamp", "A lamp. grainy"],
  ["A lamp.", "A lamp. grainy"],
  ["He says 'Stop!'", "He says 'Stop!' grainy"],
  ["A lamp,", "A lamp, grainy"],
  ["灯。", "灯。 grainy"],
] as const)("the style follows %s as a sentence of its own", async ([prompt, whole], { onTestFinished }) => {
  const manifest = `defaults: { style: grainy }\nshots:\n  - id: a\n    prompt: "${prompt}"\n`;
  const folder = await openFolder({ "film.yaml": manifest }, onTestFinished);
  expect(wellRead(await folder.read()).shots[0]?.prompt).toBe(whole);
});

test("what is odd but harmless is a warning at its place", async ({ onTestFinished }) => {
  const manifest = `%YAML 1.1
---
variables: { city: Lisbon }
shots:
  - { id: a, prompt: p, image: lying.png }
`;
  const folder = await openFolder({ ...STILLS, "film.yaml": manifest }, onTestFinished);
  const parsed = await folder.read();
  expect(parsed.ok && told(parsed.warnings)).toEqual([
    "1:1+9 this line asks for YAML 1.1; the file is read as YAML 1.2, where yes, no, on and off are texts [yaml-version] Take the line out.",
    '3:14+4 the variable "city" is used nowhere [variable-unused] Write ${city} where it belongs, or take it out.',
    '5:32+9 the picture "lying.png" is image/jpeg by its bytes, though its name says image/png; it is sent as what it is [still-extension] Give the file the name of its type.',
  ]);
});

test("a byte order mark and Windows line ends change nothing", async ({ onTestFinished }) => {
  const manifest = "\ufeffshots:\r\n  - id: a\r\n    prompt: |\r\n      One\r\n      two\r\n    resolution: 8k\r\n";
  const good = manifest.replace("8k", "4k");
  const folder = await openFolder({ "film.yaml": manifest, "good.yaml": good }, onTestFinished);
  expect(problemsOf(await folder.read())).toEqual([
    '6:17+2 shot "a" asks for 8k; takes come in 720p, 1080p or 4k [shot-resolution] Write 4k.',
  ]);
  expect(wellRead(await folder.read("good.yaml")).shots[0]?.prompt).toBe("One\ntwo");
});

test.for([
  ["none.yaml", "none.yaml:1:1+1 the manifest is not there [file-missing] Check the path."],
  ["folder", "folder:1:1+1 the manifest is a folder, not a file [file-kind] Name a file in it."],
  [
    "huge.yaml",
    "huge.yaml:1:1+1 the manifest has 6.0 MiB; at most 5 MiB are read [file-size] Check that it is the right file.",
  ],
  ["utf16.yaml", "utf16.yaml:1:1+1 the manifest is written in UTF-16 [file-encoding] Save it as UTF-8."],
  ["latin1.yaml", "latin1.yaml:2:1+1 the manifest is not UTF-8 text from line 2 on [file-encoding] Save it as UTF-8."],
] as const)("a manifest that cannot be read is one problem: %s", async ([name, problem], { onTestFinished }) => {
  const files = {
    "folder/inside.txt": "x",
    "huge.yaml": Buffer.alloc(6 * 1024 * 1024, "#"),
    "utf16.yaml": Buffer.from("\ufeffshots: []", "utf16le"),
    "latin1.yaml": Buffer.concat([Buffer.from("# fine\ntitle: caf"), Buffer.from([0xe9, 0x0a])]),
  };
  const folder = await openFolder(files, onTestFinished);
  expect(problemsOf(await folder.read(name))).toEqual([problem]);
});

test("a file's name that is no folder's name asks for a name", async ({ onTestFinished }) => {
  const folder = await openFolder({ "my film.yaml": "shots: [{ id: a, prompt: p }]\n" }, onTestFinished);
  expect(problemsOf(await folder.read("my film.yaml"))).toEqual([
    "my film.yaml:1:1+29 the file's name \"my film\" cannot be a folder's name everywhere: up to 64 letters, digits, - and _ [batch-name] Add `name: my-film`, or rename the file.",
  ]);
});

test("two manifests of one name are refused, and one named twice", async ({ onTestFinished }) => {
  const text = "shots: [{ id: a, prompt: p }]\n";
  const folder = await openFolder({ "film.yaml": text, "other.yaml": `name: FILM\n${text}` }, onTestFinished);
  const film = wellRead(await folder.read());
  const other = wellRead(await folder.read("other.yaml"));
  expect(duplicateNames([film])).toEqual([]);
  expect(duplicateNames([film, other, film])).toEqual([
    {
      rule: "duplicate-name",
      message: 'the name "FILM" is also that of film.yaml; both would be written into one folder',
      fix: "Give one of the two a `name:` of its own.",
      place: { file: "other.yaml", line: 1, column: 1 },
    },
    {
      rule: "duplicate-name",
      message: "this manifest is named twice in one command",
      fix: "Name it once.",
      place: { file: "film.yaml", line: 1, column: 1 },
    },
  ]);
});

const PRICES = "date: 2026-08-31\ngenerate: { veo3_fast: 61.5 }\nupgrade: { 4k: 100 }\n";

test("the nearest callsheet.yaml speaks for what the manifest leaves open", async ({ onTestFinished }) => {
  const account = "budget: { day: 700 }\nlimits: { starts: 5, running: 9 }\nprices: costs/p.yaml\noutput: films\n";
  const files = {
    "callsheet.yaml": "budget: { day: 1 }\n",
    "work/callsheet.yaml": account,
    "work/costs/p.yaml": PRICES,
    "work/deep/film.yaml": "budget: { run: 50 }\nlimits: { starts: 6 }\nshots: [{ id: a, prompt: p }]\n",
    "work/deep/own.yaml": "budget: { day: 2 }\nprices: q.yaml\nshots: [{ id: a, prompt: p }]\n",
    "work/deep/q.yaml": "date: 2026-09-01\nextend: { veo3: 1 }\n",
  };
  const folder = await openFolder(files, onTestFinished);
  expect(wellRead(await folder.read("work/deep/film.yaml"))).toMatchObject({
    budget: {
      run: { credits: 50 },
      day: { credits: 700, place: { file: "work/callsheet.yaml", line: 1, column: 16 } },
    },
    limits: { starts: 6, running: 9 },
    prices: {
      source: join("work", "costs", "p.yaml"),
      date: "2026-08-31",
      generate: { veo3_fast: 61.5 },
      upgrade: { "4k": 100 },
    },
    output: join(folder.path, "work", "films"),
  });
  expect(wellRead(await folder.read("work/deep/own.yaml"))).toMatchObject({
    budget: { day: { credits: 2 } },
    limits: { starts: 5, running: 9 },
    prices: { source: join("work", "deep", "q.yaml"), date: "2026-09-01", extend: { veo3: 1 } },
  });
});

test("problems of callsheet.yaml and of the price file bear their own places", async ({ onTestFinished }) => {
  const files = {
    "callsheet.yaml": "budget: { run: 5 }\nlimits: { starts: 0 }\nprices: p.yaml\n",
    "p.yaml": "date: 2026-02-30\ngenerate: { veo4: 3 }\nextend: { veo3: -1 }\nupgrade: { 720p: 3 }\n",
    "film.yaml": "shots: [{ id: a }]\n",
  };
  const folder = await openFolder(files, onTestFinished);
  const parsed = await folder.read();
  expect(problemsOf(parsed)).toEqual([
    '1:9+1 shot "a" has no "prompt" [missing-key] Write `prompt: …` here.',
    'callsheet.yaml:1:11+3 "budget" has no key "run" [unknown-key] Take it out, or name it "x-run" to keep it for yourself. Keys here are day.',
    'callsheet.yaml:2:19+1 "starts" of "limits" is the number 0; it must be a whole number from 1 [limits] Write a whole number from 1.',
    'p.yaml:1:7+10 "date" is "2026-02-30"; it must be a day such as 2026-08-31 [prices] Write the day the figures were read.',
    'p.yaml:2:13+4 "generate" has no key "veo4" [unknown-key] Write "veo3".',
    'p.yaml:3:17+2 "veo3" of "extend" is the number -1; it must be a number of credits, 0 or more [prices] Write a number of credits, 0 or more.',
    'p.yaml:4:12+4 "upgrade" has no key "720p" [unknown-key] Take it out, or name it "x-720p" to keep it for yourself. Keys here are 1080p and 4k.',
  ]);
  expect([...parsed.sources.keys()]).toEqual(["film.yaml", "callsheet.yaml", "p.yaml"]);
});

test("a missing price file is reported where it is named", async ({ onTestFinished }) => {
  const files = { "callsheet.yaml": "prices: p.yaml\n", "film.yaml": "shots: [{ id: a, prompt: p }]\n" };
  const folder = await openFolder(files, onTestFinished);
  expect(problemsOf(await folder.read())).toEqual([
    'callsheet.yaml:1:9+6 the price file "p.yaml" is not there [file-missing] Check the path.',
  ]);
});

test("a manifest may itself be called callsheet.yaml", async ({ onTestFinished }) => {
  const folder = await openFolder({ "callsheet.yaml": "shots: [{ id: a, prompt: p }]\n" }, onTestFinished);
  expect(wellRead(await folder.read("callsheet.yaml")).name).toBe("callsheet");
});

test("places are shown from where the person stands", async ({ onTestFinished }) => {
  const folder = await openFolder({ "batch/film.yaml": "shots: []\n", "here/x": "" }, onTestFinished);
  const shownFrom = async (cwd: string) => {
    const parsed = await readManifest(join(folder.path, "batch/film.yaml"), { files: openFiles() }, { cwd });
    return parsed.ok ? undefined : parsed.problems[0]?.place.file;
  };
  expect(await shownFrom(folder.path)).toBe(join("batch", "film.yaml"));
  expect(await shownFrom(join(folder.path, "here"))).toBe(join("..", "batch", "film.yaml"));
});

test("merge keys take the nearer word", async ({ onTestFinished }) => {
  const manifest = `x-a: &a { resolution: 1080p, seed: 11111 }
x-b: &b { resolution: 4k, model: veo3 }
shots:
  - { id: a, prompt: p, <<: [*a, *b], seed: 22222 }
`;
  const folder = await openFolder({ "film.yaml": manifest }, onTestFinished);
  expect(wellRead(await folder.read()).shots).toMatchObject([{ resolution: "1080p", seed: 22222, model: "veo3" }]);
});

test("a shot's own retry replaces the one for all; style and variables hold for its prompt too", async ({
  onTestFinished,
}) => {
  const text = `variables: { city: Lisbon }
retry: { failed: 1, refused: 2, prompt: "\${prompt}, seen from afar in \${city}", model: veo3 }
defaults: { style: grainy film }
shots:
  - { id: a, prompt: A harbour }
  - { id: b, prompt: A door., retry: { failed: 3 } }
  - { id: c, prompt: A lamp, style: "", model: veo3_lite, retry: { refused: 1, prompt: Another lamp } }
  - { id: d, prompt: A net, retry: {} }
`;
  const folder = await openFolder({ "film.yaml": text }, onTestFinished);
  const at = (line: number, column: number) => ({ file: "film.yaml", line, column });
  expect(wellRead(await folder.read("film.yaml")).shots.map(({ retry }) => retry)).toEqual([
    {
      failed: 1,
      refused: 2,
      checks: 0,
      prompt: "A harbour, seen from afar in Lisbon. grainy film",
      promptPlace: at(2, 41),
      model: "veo3",
    },
    { failed: 3, refused: 0, checks: 0, prompt: "A door. grainy film", promptPlace: at(6, 22), model: "veo3_fast" },
    { failed: 0, refused: 1, checks: 0, prompt: "Another lamp", promptPlace: at(7, 88), model: "veo3_lite" },
    undefined,
  ]);
});

test("one second prompt for several shots is worth a word, unless their own words are in it", async ({
  onTestFinished,
}) => {
  const shots = "shots: [{ id: a, prompt: p }, { id: b, prompt: q }]\n";
  const files = {
    "same.yaml": `retry: { refused: 1, prompt: A calm sea }\n${shots}`,
    "own.yaml": `retry: { refused: 1, prompt: "\${prompt}, calmer" }\n${shots}`,
  };
  const folder = await openFolder(files, onTestFinished);
  const warned = async (name: string) => {
    const read = await folder.read(name);
    return read.ok && told(read.warnings);
  };
  expect(await warned("same.yaml")).toEqual([
    'same.yaml:1:30+10 "prompt" of "retry" is the same for every shot that is tried again [retry-prompt] Write ${prompt} where the shot\'s own words belong, or write retry in the shot it is meant for.',
  ]);
  expect(await warned("own.yaml")).toEqual([]);
});

test("a finding is as serious as the shot says, else the defaults, else the manifest", async ({ onTestFinished }) => {
  const text = `
checks: { black: warn, frozen: fail, size: off }
defaults: { checks: { frozen: warn, silent: fail } }
shots: [{ id: a, prompt: A lamp, checks: { silent: off } }, { id: b, prompt: A door }]
`;
  const folder = await openFolder({ "film.yaml": text }, onTestFinished);
  const common = { ...USUAL_CHECKS, black: "warn", frozen: "warn", size: "off" };
  expect(wellRead(await folder.read()).shots.map(({ checks }) => checks)).toEqual([
    { ...common, silent: "off" },
    { ...common, silent: "fail" },
  ]);
});
