import { expect, test } from "vitest";
import { openFolder, problemsOf, told } from "./manifest-folder.ts";

const film = (dialogue: string, ...lines: readonly string[]) =>
  `shots:\n  - { id: a, prompt: p, dialogue: ${dialogue} }\n  - { id: b, prompt: p }\nsequences:\n  - id: film\n${lines
    .map((line) => `    ${line}\n`)
    .join("")}`;
const said = (dialogue: string) => film(dialogue, "shots: [a]", "captions: soft");
const asked = (captions: string) => film("{ en: Hello, de: Hallo }", "shots: [a, b]", `captions: ${captions}`);

/** What is written, and what is said of it: `line:column+length message [rule] fix`. */
const problems: readonly (readonly [behaviour: string, manifest: string, ...problems: readonly string[]])[] = [
  [
    "a language's name instead of its tag",
    said("{ German: Hallo }"),
    '2:37+6 "dialogue" of shot "a" names the language "German", which is none that is known [language] Write de.',
  ],
  [
    "a country instead of a language",
    said("{ text: { jp: あ } }"),
    '2:45+2 "dialogue" of shot "a" names the language "jp", which is none that is known [language] Write ja.',
  ],
  [
    "a tag that no language has",
    said("{ e_n: Hello }"),
    '2:37+3 "dialogue" of shot "a" names the language "e_n", which is none that is known [language] Write its tag: en, de, pt-BR, zh-Hans.',
  ],
  [
    "a line that ends before it begins",
    said("{ text: Hello, in: 3, out: 2 }"),
    '2:62+1 a line of shot "a" ends at 2 s, which is not after its beginning at 3 s [dialogue-times] Make out larger than in.',
  ],
  [
    "a line that begins where the clip ends",
    said("{ text: Hello, in: 8 }"),
    '2:54+1 a line of shot "a" ends at the end of the clip, 8 s, which is not after its beginning at 8 s [dialogue-times] Make out larger than in.',
  ],
  [
    "a time outside of the clip",
    said("[One, { text: Two, out: 9 }]"),
    '2:59+1 "out" of item 2 of "dialogue" of shot "a" is the number 9; it must be a number of seconds within the clip, from 0 to 8 [dialogue-times] Write a number of seconds within the clip, from 0 to 8.',
  ],
  [
    "two lines at once",
    said("[{ text: One, out: 4 }, { text: Two, in: 3 }]"),
    '2:76+1 a line of shot "a" begins at 3 s, before the one before it ends at 4 s [dialogue-times] Write them in the order of time, one after another; two voices at once go into one text, on two lines.',
  ],
  [
    "a key that a line has not",
    said("{ text: Hello, at: 3 }"),
    '2:50+2 "dialogue" of shot "a" has no key "at" [unknown-key] Take it out, or name it "x-at" to keep it for yourself. Keys here are text, in and out.',
  ],
  [
    "words that are no text",
    said("{ en: 5 }"),
    '2:41+1 "en" of "dialogue" of shot "a" is the number 5; it must be a text [value] Put it in quotes: "5".',
  ],
  [
    "a way that is none",
    asked("open"),
    '7:15+4 "captions" of sequence "film" is "open"; it must be soft, burned, sidecar, off or a block such as { as: soft, languages: [en, de] } [sequence-captions] Write soft, burned, sidecar, off or a block such as { as: soft, languages: [en, de] }.',
  ],
  [
    "a way that is misspelt",
    asked("sof"),
    '7:15+3 "captions" of sequence "film" is "sof"; it must be soft, burned, sidecar, off or a block such as { as: soft, languages: [en, de] } [sequence-captions] Write soft.',
  ],
  [
    "a block without a way",
    asked("{ languages: [en] }"),
    '7:15+1 "captions" of sequence "film" has no "as" [missing-key] Write `as: …` here.',
  ],
  [
    "a language twice",
    asked("{ as: soft, languages: [en, EN] }"),
    '7:43+2 sequence "film" asks for captions in "en" twice [captions-languages] Take one of them out.',
  ],
  [
    "a language that nobody speaks",
    asked("{ as: soft, languages: [en, fr] }"),
    '7:43+2 sequence "film" asks for captions in "fr"; its dialogue is in en and de [captions-languages] Write what is said in it: `dialogue: { fr: … }`, or take it out.',
  ],
  [
    "a burned language that is none of its own",
    asked("{ as: soft, languages: [en], burned: de }"),
    '7:52+2 sequence "film" would burn captions in "de", which is none of their languages [captions-languages] Write en.',
  ],
  [
    "a plain text in the language that the film names",
    film("Hello", "shots: [a]", "captions: { as: soft, languages: [en] }"),
  ],
  [
    "a poster behind the end",
    film("Hello", "shots: [a, { shot: b, in: 6.5 }]", "poster: 9.5"),
    '7:13+3 the poster of sequence "film" would stand at 9.5 s, and the film is at most 9.5 s long [sequence-poster] Name a second of the film.',
  ],
];

test.for(problems)("captions: %s", async ([, manifest, ...expected], { onTestFinished }) => {
  const folder = await openFolder({ "film.yaml": manifest }, onTestFinished);
  expect(problemsOf(await folder.read()).filter((problem) => !problem.includes("[not-built-yet]"))).toEqual(expected);
});

const warnings: readonly (readonly [behaviour: string, manifest: string, ...warnings: readonly string[]])[] = [
  [
    "nothing is said",
    film('""', "shots: [a, b]", "captions: sidecar"),
    '7:15+7 sequence "film" asks for captions, and none of its shots has dialogue [captions-empty] Write what is said: `dialogue: …` in a shot.',
  ],
  [
    "a line lacks a language",
    film("[{ en: Hello, de: Hallo }, { en: Bye }]", "shots: [a]", "captions: sidecar"),
    '7:15+7 sequence "film" has captions in "de", in which not all is written that is said in a [dialogue-language] Write `de: …` in the dialogue of a.',
  ],
  [
    "the same line lacks several languages",
    film("[{ en: Hello, de: Hallo, fr: Salut }, { en: Bye }]", "shots: [a]", "captions: sidecar"),
    '7:15+7 sequence "film" has captions in "de" and "fr", in which not all is written that is said in a [dialogue-language] Write `de: …` and `fr: …` in the dialogue of a.',
  ],
  [
    "the film does not show when something is said",
    film("{ text: Hello, in: 1, out: 2 }", "shots: [b, { shot: a, in: 4, out: 6 }]", "captions: sidecar"),
    '6:16+26 clip 2 of sequence "film" plays 4 s to 6 s of its shot, so what is said from 1 s to 2 s has no caption there [dialogue-cut] Play more of the clip, or mend the times of the dialogue.',
  ],
  [
    "a language of three letters is not known",
    film("{ qqq: Hello }", "shots: [a]", "captions: sidecar"),
    '2:37+3 "dialogue" of shot "a" names the language "qqq", which is none that is known [language] Write its tag: en, de, pt-BR, zh-Hans.',
  ],
  ["all is well", film("{ en: Hello, de: Hallo }", "shots: [a, b]", "captions: sidecar")],
];

test.for(warnings)("captions are warned of where %s", async ([, manifest, ...expected], { onTestFinished }) => {
  const folder = await openFolder({ "film.yaml": manifest }, onTestFinished);
  const read = await folder.read();
  expect(problemsOf(read)).toEqual([]);
  expect(read.ok && told(read.warnings)).toEqual(expected);
});

const chosen: readonly (readonly [
  behaviour: string,
  dialogue: string,
  captions: string,
  languages: readonly string[],
])[] = [
  ["all languages in the order met", "[Hi, { de: a, en: b }]", "sidecar", ["de", "en"]],
  ["no language where none is named", "Hi", "sidecar", ["und"]],
  [
    "tags in their own spelling",
    "{ pt-br: a, ZH-hans: b }",
    "{ as: sidecar, languages: [zh-Hans, pt-BR] }",
    ["zh-Hans", "pt-BR"],
  ],
];

test.for(chosen)("captions are in %s", async ([, dialogue, captions, languages], { onTestFinished }) => {
  const folder = await openFolder(
    { "film.yaml": film(dialogue, "shots: [a]", `captions: ${captions}`, "chapters: false", "poster: 2.5") },
    onTestFinished,
  );
  const read = await folder.read();
  expect(problemsOf(read)).toEqual([]);
  expect(read.ok && read.value.sequences).toMatchObject([{ captions: { languages }, chapters: false, poster: 2.5 }]);
});
