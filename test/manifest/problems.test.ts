// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a manifest's own variables look like this
import { expect, test } from "vitest";
import { openFolder, problemsOf, STILLS } from "./manifest-folder.ts";

const shot = (...lines: readonly string[]) => `shots:\n  - id: a\n    prompt: p\n${indented(lines)}`;
const two = (...lines: readonly string[]) =>
  `shots:\n  - { id: a, prompt: p }\n  - id: b\n    prompt: p\n${indented(lines)}`;
const film = (...lines: readonly string[]) =>
  `shots:\n  - { id: a, prompt: p }\n  - { id: b, prompt: p }\nsequences:\n  - id: film\n${indented(lines)}`;
const top = (...lines: readonly string[]) =>
  `${lines.map((line) => `${line}\n`).join("")}shots:\n  - { id: a, prompt: p }\n`;

function indented(lines: readonly string[]): string {
  return lines.map((line) => `    ${line}\n`).join("");
}

/** Aliases of aliases: 10 values, then 100, and so on up to ten million. */
const bomb = ["b", "c", "d", "e", "f", "g", "h"]
  .map((name, index) => `x-${name}: &${name} [${Array(10).fill(`*${"abcdefg"[index]}`).join(",")}]\n`)
  .join("");

/** What is written, and every problem of it: `line:column+length message [rule] fix`. */
const rows: readonly (readonly [behaviour: string, manifest: string, ...problems: readonly string[]])[] = [
  [
    "a misspelt key is named with the one that was meant",
    shot("aspectRatio: '16:9'"),
    '4:5+11 shot "a" has no key "aspectRatio" [unknown-key] Write "aspect_ratio".',
  ],
  [
    "a key that means nothing is named with the keys there are",
    top("budget: { week: 3 }"),
    '1:11+4 "budget" has no key "week" [unknown-key] Take it out, or name it "x-week" to keep it for yourself. Keys here are run and day.',
  ],
  [
    "a shot's key at the top is sent to where it belongs",
    top("seed: 12345"),
    '1:1+4 the file has no key "seed" [unknown-key] Write it in a shot or below "defaults".',
  ],
  [
    "defaults cannot hold what belongs to one shot",
    top("defaults: { id: x, follows: a }"),
    '1:13+2 "defaults" has no key "id" [unknown-key] Write it in the shot: it cannot be common to all.',
    '1:20+7 "defaults" has no key "follows" [unknown-key] Write it in the shot: it cannot be common to all.',
  ],
  [
    "a key that no prototype can swallow is unknown like any other",
    top("__proto__: { title: x }"),
    '1:1+9 the file has no key "__proto__" [unknown-key] Take it out, or name it "x-__proto__" to keep it for yourself. Keys here are version, title, name, budget, limits, prices, variables, matrix, defaults, shots, sequences, retry, on_done, on_failed and checks.',
  ],
  [
    "a required key that was misspelt is one problem",
    "shots:\n  - id: a\n    promt: p\n",
    '3:5+5 shot "a" has no key "promt" [unknown-key] Write "prompt".',
  ],
  [
    "a shot without id or prompt is pointed at",
    "shots:\n  - seed: 12345\n",
    '2:5+11 shot 1 has no "id" [missing-key] Write `id: …` here.',
    '2:5+11 shot 1 has no "prompt" [missing-key] Write `prompt: …` here.',
  ],
  [
    "a manifest without shots says so",
    "title: x\n",
    '1:1+8 the file has no "shots" [missing-key] Write `shots:` and what belongs to it below.',
  ],
  [
    "an empty list of shots says so",
    "shots: []\n",
    '1:8+2 "shots" is an empty list; it must be a list of at least one shot [no-shots] Write a list of at least one shot.',
  ],
  [
    "a list where a block belongs says so",
    "- a\n",
    "1:1+3 the file is a list of 1; it must be a block of keys [value] Write a block of keys.",
  ],
  [
    "a key without a value is empty",
    shot("image:"),
    '4:5+5 "image" of shot "a" is empty [empty-value] Give it a value, or take the key out.',
  ],
  [
    "a number where a text belongs is to be quoted",
    "shots:\n  - id: 7\n    prompt: p\n",
    '2:9+1 "id" of shot 1 is the number 7; it must be a name [value] Put it in quotes: "7".',
  ],
  [
    "yes is a text in YAML 1.2",
    shot("translate: yes"),
    '4:16+3 "translate" of shot "a" is "yes"; it must be true or false [value] Write true.',
  ],
  [
    "a quoted number is to lose its quotes",
    shot("takes: '2'"),
    '4:12+3 "takes" of shot "a" is "2"; it must be a whole number from 1 to 20 [value] Write 2 without quotes.',
  ],
  [
    "an unknown resolution names those there are",
    shot("resolution: 8k"),
    '4:17+2 shot "a" asks for 8k; takes come in 720p, 1080p or 4k [shot-resolution] Write 4k.',
  ],
  [
    "an unknown model names those there are",
    shot("model: sora"),
    '4:12+4 shot "a" asks for sora; models are veo3, veo3_fast or veo3_lite [shot-model] Write veo3, veo3_fast or veo3_lite.',
  ],
  [
    "an unknown ratio names those there are",
    shot("aspect_ratio: '4:3'"),
    '4:19+5 shot "a" asks for 4:3; pictures are 16:9, 9:16 or Auto [shot-aspect-ratio] Write 16:9, 9:16 or Auto.',
  ],
  [
    "a seed outside the vendor's range",
    shot("seed: 9999"),
    '4:11+4 "seed" of shot "a" is the number 9999; it must be a whole number from 10000 to 99999 [value] Write a whole number from 10000 to 99999.',
  ],
  [
    "no takes at all",
    shot("takes: 0"),
    '4:12+1 "takes" of shot "a" is the number 0; it must be a whole number from 1 to 20 [value] Write a whole number from 1 to 20.',
  ],
  [
    "too many takes",
    shot("takes: 21"),
    '4:12+2 "takes" of shot "a" is the number 21; it must be a whole number from 1 to 20 [value] Write a whole number from 1 to 20.',
  ],
  [
    "half a take",
    shot("takes: 1.5"),
    '4:12+3 "takes" of shot "a" is the number 1.5; it must be a whole number from 1 to 20 [value] Write a whole number from 1 to 20.',
  ],
  [
    "a pick below the first take",
    shot("pick: 0"),
    '4:11+1 "pick" of shot "a" is the number 0; it must be a whole number from 1 [value] Write a whole number from 1.',
  ],
  [
    "four references",
    shot("references: [a, b, c, d]"),
    '4:17+12 "references" of shot "a" is a list of 4; it must be a list of 1 to 3 pictures [value] Write a list of 1 to 3 pictures.',
  ],
  [
    "another format than 1",
    top("version: 2"),
    '1:10+1 "version" is the number 2; it must be 1 [format-version] Write 1.',
  ],
  [
    "a negative budget",
    top("budget: { run: -1 }"),
    '1:16+2 "run" of "budget" is the number -1; it must be a number of credits, 0 or more [budget] Write a number of credits, 0 or more.',
  ],
  [
    "an endless budget",
    top("budget: { day: .inf }"),
    '1:16+4 "day" of "budget" is the number Infinity; it must be a number of credits, 0 or more [budget] Write a number of credits, 0 or more.',
  ],
  [
    "limits that let nothing through",
    top("limits: { starts: 0, seconds: 0, running: -1 }"),
    '1:19+1 "starts" of "limits" is the number 0; it must be a whole number from 1 [limits] Write a whole number from 1.',
    '1:31+1 "seconds" of "limits" is the number 0; it must be a number of seconds above 0 [limits] Write a number of seconds above 0.',
    '1:43+2 "running" of "limits" is the number -1; it must be a whole number from 1 [limits] Write a whole number from 1.',
  ],
  [
    "a wrong value in defaults is one problem, however many shots take it",
    "defaults: { resolution: 8k }\nshots:\n  - { id: a, prompt: p }\n  - { id: b, prompt: p }\n",
    '1:25+2 "defaults" asks for 8k; takes come in 720p, 1080p or 4k [shot-resolution] Write 4k.',
  ],
  [
    "a wrong value behind an anchor is one problem, at the anchor",
    "x-look: &look { resolution: 8k }\nshots:\n  - { id: a, prompt: p, <<: *look }\n  - { id: b, prompt: p, <<: *look }\n",
    '1:29+2 shot "a" asks for 8k; takes come in 720p, 1080p or 4k [shot-resolution] Write 4k.',
  ],
  [
    "an alias stands where its anchor's value stands",
    "x-r: &r 8k\nshots:\n  - { id: a, prompt: p, resolution: *r }\n",
    '1:9+2 shot "a" asks for 8k; takes come in 720p, 1080p or 4k [shot-resolution] Write 4k.',
  ],
  // ids
  [
    "two shots of one id",
    two().replace("id: b", "id: a"),
    '3:9+1 the shot id "a" is already taken at film.yaml:2:11 [duplicate-id] Give one of the two another id.',
  ],
  [
    "two shots whose ids differ only by case",
    two().replace("id: b", "id: A"),
    '3:9+1 the shot id "A" differs only by case from "a" at film.yaml:2:11; some disks keep both in one place [duplicate-id] Give one of the two another id.',
  ],
  [
    "an id that is no file name",
    two().replace("id: b", "id: ../b"),
    '3:9+4 the shot id "../b" cannot be a file name everywhere: up to 64 letters, digits, - and _ [unsafe-id] Write b.',
  ],
  [
    "an id that Windows keeps for a device",
    two().replace("id: b", "id: con"),
    '3:9+3 the shot id "con" cannot be a file name everywhere: up to 64 letters, digits, - and _ [unsafe-id] Write con-1.',
  ],
  [
    "two sequences of one id",
    `${film("shots: [a]", "").trimEnd()}\n  - id: film\n    shots: [b]\n`,
    '7:9+4 the sequence id "film" is already taken at film.yaml:5:9 [duplicate-id] Give one of the two another id.',
  ],
  [
    "a name that is no folder",
    top("name: my film"),
    '1:7+7 the name "my film" cannot be a folder\'s name everywhere: up to 64 letters, digits, - and _ [batch-name] Write my-film.',
  ],
  [
    "a name that is another folder's",
    top("name: simulated"),
    '1:7+9 the name "simulated" is that of a folder which every output folder has already [batch-name] Write another name.',
  ],
  // graph
  [
    "a shot that follows one that is not there",
    two("follows: aa"),
    '5:14+2 shot "b" follows "aa", which is no shot of this manifest [unknown-shot] Write a.',
  ],
  [
    "a shot that extends one far from any",
    two("extends: lighthouse"),
    '5:14+10 shot "b" extends "lighthouse", which is no shot of this manifest [unknown-shot] Write the id of a shot.',
  ],
  [
    "a shot without id may be the one that is meant",
    "shots:\n  - { prompt: p }\n  - { id: b, prompt: p, follows: a }\n",
    '2:5+1 shot 1 has no "id" [missing-key] Write `id: …` here.',
  ],
  [
    "an id that was refused can still be followed",
    "shots:\n  - { id: a b, prompt: p }\n  - { id: b, prompt: p, follows: a b }\n",
    '2:11+3 the shot id "a b" cannot be a file name everywhere: up to 64 letters, digits, - and _ [unsafe-id] Write a-b.',
  ],
  [
    "a shot that follows itself",
    shot("follows: a"),
    '4:14+1 shot "a" follows itself [shot-circle] Write the id of another shot.',
  ],
  [
    "a circle of three is one problem",
    "shots:\n  - { id: a, prompt: p, follows: c }\n  - { id: b, prompt: p, extends: a }\n  - { id: c, prompt: p, follows: b }\n  - { id: d, prompt: p, follows: c }\n",
    '2:34+1 shot "a" follows "c", which follows "b", which extends "a": each waits for the other, so none can begin [shot-circle] Let one of them begin without the others.',
  ],
  [
    "two circles are two problems",
    "shots:\n  - { id: a, prompt: p, follows: b }\n  - { id: b, prompt: p, follows: a }\n  - { id: c, prompt: p, extends: c }\n",
    '2:34+1 shot "a" follows "b", which follows "a": each waits for the other, so none can begin [shot-circle] Let one of them begin without the others.',
    '4:34+1 shot "c" extends itself [shot-circle] Write the id of another shot.',
  ],
  // beginnings
  [
    "image and references",
    shot("image: still.png", "references: [still.png]"),
    '5:17+11 shot "a" has image and references; a shot begins from only one of image, references, follows or extends [shot-start] Keep one of them.',
  ],
  [
    "image and follows",
    two("image: still.png", "follows: a"),
    '6:14+1 shot "b" has image and follows; a shot begins from only one of image, references, follows or extends [shot-start] Keep one of them.',
  ],
  [
    "image and extends",
    two("extends: a", "image: still.png"),
    '6:12+9 shot "b" has extends and image; a shot begins from only one of image, references, follows or extends [shot-start] Keep one of them.',
  ],
  [
    "references and extends",
    two("extends: a", "references: [still.png]"),
    '6:17+11 shot "b" has extends and references; a shot begins from only one of image, references, follows or extends [shot-start] Keep one of them.',
  ],
  [
    "follows and extends",
    two("follows: a", "extends: a"),
    '6:14+1 shot "b" has follows and extends; a shot begins from only one of image, references, follows or extends [shot-start] Keep one of them.',
  ],
  [
    "two beginnings in defaults",
    top("defaults: { image: still.png, references: [still.png] }"),
    '1:43+11 "defaults" has image and references; a shot begins from only one of image, references, follows or extends [shot-start] Keep one of them.',
  ],
  [
    "a last image without a first",
    shot("last_image: still.png"),
    '4:17+9 shot "a" has a last_image and neither image nor follows; a last frame needs a first one [last-image] Give "a" an image or follows, or take last_image out.',
  ],
  [
    "a last image at an extension",
    two("extends: a", "last_image: still.png"),
    '6:17+9 shot "b" has a last_image and neither image nor follows; a last frame needs a first one [last-image] Give "b" an image or follows, or take last_image out.',
  ],
  [
    "a ratio at an extension",
    two("extends: a", "aspect_ratio: '9:16'"),
    '6:19+6 shot "b" extends another shot and keeps that one\'s picture; it cannot have an aspect_ratio of its own [extends-own] Take the aspect_ratio out.',
  ],
  [
    "translation at an extension",
    two("extends: a", "translate: true"),
    '6:16+4 shot "b" extends another shot; the vendor does not translate the prompts of extensions [extends-own] Take translate out and write the prompt in English.',
  ],
  [
    "references with Quality",
    shot("model: veo3", "references: [still.png]"),
    '4:12+4 shot "a" has references, which veo3 does not take; veo3_fast and veo3_lite do [references-model] Write model: veo3_fast, or take the references out.',
  ],
  [
    "references with Quality from defaults",
    `defaults: { model: veo3 }\n${shot("references: [still.png]")}`,
    '5:17+11 shot "a" has references, which veo3 does not take; veo3_fast and veo3_lite do [references-model] Write model: veo3_fast, or take the references out.',
  ],
  [
    "references with an unknown model are one problem",
    shot("model: veo9", "references: [still.png]"),
    '4:12+4 shot "a" asks for veo9; models are veo3, veo3_fast or veo3_lite [shot-model] Write veo3.',
  ],
  [
    "references with Auto",
    shot("aspect_ratio: Auto", "references: [still.png]"),
    '4:19+4 shot "a" has references and the aspect_ratio Auto; with references it must be 16:9 or 9:16 [references-ratio] Write aspect_ratio: "16:9" or "9:16" in this shot.',
  ],
  [
    "Auto without a picture",
    shot("aspect_ratio: Auto"),
    '4:19+4 shot "a" has the aspect_ratio Auto and no first frame to take it from [auto-ratio] Write aspect_ratio: "16:9" or "9:16" in this shot.',
  ],
  [
    "Auto from defaults without a picture, for every shot",
    "defaults: { aspect_ratio: Auto }\nshots:\n  - { id: a, prompt: p }\n  - { id: b, prompt: p }\n",
    '3:11+1 shot "a" has the aspect_ratio Auto and no first frame to take it from [auto-ratio] Write aspect_ratio: "16:9" or "9:16" in this shot.',
    '4:11+1 shot "b" has the aspect_ratio Auto and no first frame to take it from [auto-ratio] Write aspect_ratio: "16:9" or "9:16" in this shot.',
  ],
  // stills
  [
    "a picture that is not there",
    shot("image: none.png"),
    '4:12+8 the picture "none.png" is not there [still-missing] Check the path: it begins at the manifest\'s folder.',
  ],
  [
    "a picture that is a folder",
    shot("image: folder"),
    '4:12+6 the picture "folder" is a folder, not a file [still-type] Name a file in it.',
  ],
  [
    "a picture without bytes",
    shot("image: empty.png"),
    '4:12+9 the picture "empty.png" has no bytes [still-empty] Save it again.',
  ],
  [
    "a GIF",
    shot("image: moving.png"),
    '4:12+10 the picture "moving.png" is a GIF by its bytes, not a PNG, JPEG or WebP [still-type] Save it as PNG or JPEG.',
  ],
  [
    "a text",
    shot("image: words.txt"),
    '4:12+9 the picture "words.txt" is something else by its bytes, not a PNG, JPEG or WebP [still-type] Save it as PNG or JPEG.',
  ],
  [
    "a picture by http",
    shot("image: http://example.com/a.png"),
    '4:12+24 the picture\'s address "http://example.com/a.png" is not one the vendor can fetch: it must begin with https:// [still-address] Write an https address, or the path of a file.',
  ],
  [
    "a picture in the manifest itself",
    shot("image: 'data:image/png;base64,AAAA'"),
    '4:12+28 the picture\'s address "data:image/png;base64,AAAA" is not one the vendor can fetch: it must begin with https:// [still-address] Write an https address, or the path of a file.',
  ],
  [
    "one of several references is not there",
    shot("references: [still.png, none.png]"),
    '4:29+8 the picture "none.png" is not there [still-missing] Check the path: it begins at the manifest\'s folder.',
  ],
  // texts
  [
    "a blank prompt",
    shot().replace("prompt: p", 'prompt: " \\n "'),
    '3:13+6 "prompt" of shot "a" is blank [blank-prompt] Say what is to be seen.',
  ],
  [
    "a prompt that a variable leaves blank",
    `variables: { x: "" }\n${shot().replace("prompt: p", "prompt: ${x}")}`,
    '4:13+4 "prompt" of shot "a" is blank [blank-prompt] Say what is to be seen.',
  ],
  [
    "a control character in a prompt",
    shot().replace("prompt: p", 'prompt: "a\\u001b[2J"'),
    '3:13+12 "prompt" of shot "a" holds the control character U+001B [control-character] Take it out.',
  ],
  [
    "half an emoji in a prompt",
    shot().replace("prompt: p", 'prompt: "a\\ud83d"'),
    '3:13+9 "prompt" of shot "a" holds half of a character, U+D83D [control-character] Take it out.',
  ],
  [
    "a code in a prompt that is no character",
    shot().replace("prompt: p", 'prompt: "a\\ufffe"'),
    '3:13+9 "prompt" of shot "a" holds U+FFFE, which is no character [control-character] Take it out.',
  ],
  [
    "a variable that is not there",
    `variables: { city: Lisbon }\n${shot("dialogue: ${city}").replace("prompt: p", "prompt: in ${citi}")}`,
    '4:16+7 no variable is named "citi" [variable-unknown] Write ${city}.',
  ],
  [
    "a variable in a file without any",
    shot().replace("prompt: p", "prompt: in ${city}"),
    '3:16+7 no variable is named "city" [variable-unknown] Add `variables: { city: … }`. To write the characters ${ themselves, write $${.',
  ],
  [
    "a variable with a default, as shells have",
    shot().replace("prompt: p", "prompt: in ${city:-Lisbon}"),
    '3:16+15 "${city:-Lisbon}" is no variable: between ${ and } stands one plain name [variable-name] To write the characters ${ themselves, write $${.',
  ],
  [
    "an opened variable that is not closed",
    shot().replace("prompt: p", "prompt: in ${city"),
    '3:16+6 "${city" is no variable: between ${ and } stands one plain name [variable-name] To write the characters ${ themselves, write $${.',
  ],
  [
    "a variable in a variable",
    `variables: { a: x, b: '\${a}' }\n${shot().replace("prompt: p", "prompt: ${a} ${b}")}`,
    '1:24+2 the variable "b" holds ${; variables do not stand in variables [variable-nested] Write the text out.',
  ],
  [
    "a variable of a wrong type is one problem",
    `variables: { a: [x] }\n${shot().replace("prompt: p", "prompt: ${a}")}`,
    '1:17+3 "a" of "variables" is a list of 1; it must be a text or a number [value] Write a text or a number.',
  ],
  // sequences
  [
    "an empty sequence",
    film("shots: []"),
    '6:12+2 "shots" of sequence "film" is an empty list; it must be a list of at least one shot [sequence-empty] Write a list of at least one shot.',
  ],
  [
    "no sequence at all",
    top("sequences: []"),
    '1:12+2 "sequences" is an empty list; it must be a list of at least one sequence; without the key there is one film of all shots [sequence-empty] Write a list of at least one sequence; without the key there is one film of all shots.',
  ],
  [
    "a sequence that names an unknown shot",
    film("shots: [a, bb]"),
    '6:16+2 clip 2 of sequence "film" is "bb", which is no shot of this manifest [unknown-shot] Write b.',
  ],
  [
    "a sequence that names an unknown shot with trims",
    film("shots: [{ shot: c, in: 1 }]"),
    '6:21+1 clip 1 of sequence "film" is "c", which is no shot of this manifest [unknown-shot] Write the id of a shot.',
  ],
  [
    "a trim beyond the clip",
    film("shots: [{ shot: a, out: 8.5 }]"),
    '6:29+3 "out" of clip 1 of sequence "film" is the number 8.5; it must be a number of seconds within the clip, from 0 to 8 [clip-trim] Write a number of seconds within the clip, from 0 to 8.',
  ],
  [
    "a trim that ends before it begins",
    film("shots: [{ shot: a, in: 3, out: 2 }]"),
    '6:36+1 clip 1 of sequence "film" ends at 2 s, which is not after its beginning at 3 s [clip-trim] Make out larger than in.',
  ],
  [
    "a trim without a frame",
    film("shots: [{ shot: a, in: 1, out: 1.01 }]"),
    '6:36+4 clip 1 of sequence "film" holds no frame: from 1 s to 1.01 s at 24 frames a second [clip-trim] Let it play longer.',
  ],
  [
    "a trim that begins at the very end",
    film("shots: [{ shot: a, in: 8 }]"),
    '6:28+1 clip 1 of sequence "film" ends at 8 s, which is not after its beginning at 8 s [clip-trim] Make out larger than in.',
  ],
  [
    "a frame rate with decimals",
    film("shots: [a]", "frame_rate: 29.97"),
    '7:17+5 "frame_rate" of sequence "film" is the number 29.97; it must be a whole number such as 24 or a fraction such as "24000/1001", at most 240 [frame-rate] Write "30000/1001".',
  ],
  [
    "a size that films do not come in",
    film("shots: [a]", "size: 2k"),
    '7:11+2 sequence "film" asks for 2k; films come in 720p, 1080p or 4k [sequence-size] Write 4k.',
  ],
  [
    "a transition that does not exist",
    film("shots: [a, { shot: b, transition: fade }]"),
    '6:39+4 clip 2 of sequence "film" asks for fade; transitions are cut, dissolve, fade_black, fade_white, wipe_left, wipe_right, wipe_up, wipe_down, slide_left, slide_right or hold [clip-transition] Write cut, dissolve, fade_black, fade_white, wipe_left, wipe_right, wipe_up, wipe_down, slide_left, slide_right or hold.',
  ],
  [
    "seconds of a transition alone",
    film("shots: [a, { shot: b, transition_seconds: 0.5 }]"),
    '6:47+3 clip 2 of sequence "film" has transition_seconds and no transition [transition-seconds] Write a transition, or take it out: a cut takes no time.',
  ],
  [
    "an encoding that a codec does not have, key by key",
    film("shots: [a]", "encode: { codec: prores, crf: 20, preset: medium, audio: opus }"),
    '7:35+2 sequence "film" asks for prores with a crf, which it does not have [sequence-encode] Take crf out; preset chooses among hq, standard, lt or proxy.',
    '7:47+6 sequence "film" asks for prores with preset "medium"; it has hq, standard, lt or proxy [sequence-encode] Write hq.',
    '7:62+4 sequence "film" asks for prores with opus sound; .mov files take aac, alac or pcm [sequence-encode] Write aac.',
  ],
  [
    "a quality beyond its codec's",
    film("shots: [a]", "encode: { codec: h264, crf: 60 }"),
    '7:33+2 sequence "film" asks for h264 with crf 60; it goes up to 51 [sequence-encode] Write 18.',
  ],
  // not built yet
  [
    "a loudness that no film has",
    film("shots: [a]", "loudness: -90"),
    '7:15+3 "loudness" of sequence "film" is the number -90; it must be a number of LUFS from -70 to -5, or off [value] Write a number of LUFS from -70 to -5, or off.',
  ],
  [
    "music that is not there",
    film("shots: [a]", "music: { file: score.wav, gain_db: -18, duck: true }"),
    '7:20+9 the sound "score.wav" is not there [sound-missing] Check the path: it begins at the manifest\'s folder.',
  ],
  [
    "music of a wrong type",
    film("shots: [a]", "music: { file: film.yaml }"),
    '7:20+9 the sound "film.yaml" is no WAV, AIFF, FLAC, MP3, Ogg, AAC or M4A by its bytes [sound-type] Save it as WAV or FLAC.',
  ],
  [
    "a voice without a file",
    film("shots: [a]", "voice_over: [{ at_seconds: 2 }]"),
    '7:18+1 item 1 of "voice_over" of sequence "film" has no "file" [missing-key] Write `file: …` here.',
  ],
  [
    "an export that cannot hold the film's rate",
    film("shots: [a]", "exports: [otio, edl]", 'frame_rate: "25/2"'),
    '7:21+3 sequence "film" asks for an EDL at 25/2 frames a second; timecode counts 1 to 99 whole frames a second, or 1000/1001 of them [sequence-exports] Take edl out, or change frame_rate.',
  ],
  [
    "a matrix, whose variables are no problem of their own",
    `matrix: { city: [Lisbon, Porto] }\n${shot().replace("prompt: p", "prompt: ${city}")}`,
    '1:1+6 "matrix" is not built yet [not-built-yet] Take matrix out.',
  ],
  [
    "a policy's numbers, keys and model are judged, all of them at once",
    top("retry: { failed: 6, refused: 0.5, model: veo2, often: 1 }", "defaults: { retry: { failed: yes } }"),
    '1:18+1 "failed" of "retry" is the number 6; it must be a whole number from 0 to 5 [value] Write a whole number from 0 to 5.',
    '1:30+3 "refused" of "retry" is the number 0.5; it must be a whole number from 0 to 5 [value] Write a whole number from 0 to 5.',
    '1:42+4 "retry" asks for veo2; models are veo3, veo3_fast or veo3_lite [shot-model] Write veo3.',
    '1:48+5 "retry" has no key "often" [unknown-key] Take it out, or name it "x-often" to keep it for yourself. Keys here are failed, refused, checks, prompt and model.',
    '2:13+5 "retry" stands for all shots at the top and in "defaults" again [retry-twice] Keep one of them.',
    '2:30+3 "failed" of "retry" of "defaults" is "yes"; it must be a whole number from 0 to 5 [value] Write a whole number from 0 to 5.',
  ],
  [
    "a second prompt or model that nothing leads to",
    `${top("retry: { prompt: '${prompt} at dawn' }")}  - { id: b, prompt: p, retry: { failed: 0, model: veo3 } }\n  - { id: c, prompt: p, retry: {} }\n`,
    '1:10+6 "retry" has a prompt and never tries again: none of failed, refused and checks is above 0 [retry-never] Write failed: 1 or refused: 1 beside it: how many takes may be bought again for that reason.',
    '4:45+5 "retry" of shot "b" has a model and never tries again: none of failed, refused and checks is above 0 [retry-never] Write failed: 1 or refused: 1 beside it: how many takes may be bought again for that reason.',
  ],
  [
    "a second prompt is read as the first is",
    top("retry: { refused: 1, prompt: '${town} ${prompt}' }", "defaults: { model: veo3_fast }"),
    '1:31+7 no variable is named "town" [variable-unknown] Add `variables: { town: … }`. To write the characters ${ themselves, write $${.',
  ],
  [
    "a second prompt that says nothing",
    shot("retry: { refused: 1, prompt: ' ' }"),
    '4:34+3 "prompt" of "retry" of shot "a" is blank [blank-prompt] Say what is to be seen; ${prompt} stands for the shot\'s own words.',
  ],
  [
    "a second model that takes no references",
    `retry: { failed: 1, model: veo3 }\n${two("references: ['https://example.com/1.png']")}`,
    '4:9+1 shot "b" has references and would be tried again with veo3, which does not take them; veo3_fast and veo3_lite do [references-model] Give this shot a retry of its own.',
  ],
  [
    "hooks that are empty, both at once, or no address",
    top("on_done: { }", "on_failed: { command: [say], webhook: 'https://example.com' }"),
    '1:1+7 "on_done" has neither a command nor a webhook [hook] Write `command: [program, argument]` or `webhook: https://…`.',
    '2:1+9 "on_failed" has both a command and a webhook [hook] Keep one: a program can send what it likes.',
  ],
  [
    "a webhook with a password, and one over plain http to another machine",
    top("on_done: { webhook: 'https://me:secret@example.com/' }", "on_failed: { webhook: 'http://example.com' }"),
    '1:21+32 the webhook of "on_done" carries a password [hook] Take user and password out: they would stand in logs.',
    '2:23+20 "webhook" of "on_failed" is "http://example.com"; it must be an https address [value] Write an https address.',
  ],
  [
    "a command without a program, and one no system can start",
    top("on_done: { command: [] }", 'on_failed: { command: ["a\\0b"] }'),
    '1:21+2 "command" of "on_done" is an empty list; it must be a list of a program and its arguments [value] Write a list of a program and its arguments.',
    '2:24+6 item 1 of "command" of "on_failed" is "a\\u0000b"; it must be a text of at least one character and no zero byte [value] Write a text of at least one character and no zero byte.',
  ],
  // yaml
  ["an empty file", "", "1:1+1 the file is empty [yaml-empty] Write at least one shot: `shots:`."],
  ["a file of comments", "# nothing\n", "1:1+1 the file is empty [yaml-empty] Write at least one shot: `shots:`."],
  [
    "a second document",
    `${shot()}---\nshots: []\n`,
    "4:1+3 a second document begins here; a file holds one [yaml-documents] Put it into a file of its own, or take the `---` line out.",
  ],
  [
    "a duplicate key",
    shot("seed: 12345", "seed: 12346"),
    '5:5+4 the key "seed" stands here a second time [duplicate-key] Keep one of the two.',
  ],
  ["a tab", "shots:\n\t- id: a\n", "2:1+1 a tab stands where YAML wants spaces [yaml-syntax] Indent with spaces."],
  [
    "an unclosed quote",
    'title: "x\nshots: []\n',
    "3:1+1 a quoted text is not closed [yaml-syntax] Write the closing quote.",
  ],
  [
    "a colon in a plain text",
    shot().replace("prompt: p", "prompt: He says: go"),
    '3:13+1 a second ": " stands on this line, or the line is indented too far [yaml-syntax] Put a text that holds a colon in quotes, or line the key up with its neighbours.',
  ],
  [
    "a foreign tag",
    shot("dialogue: !binary aGk="),
    '4:15+7 the tag "!binary" has no meaning here [yaml-tag] Take the tag out.',
  ],
  [
    "a known tag that would change the value",
    shot("dialogue: !!binary aGk="),
    '4:15+8 the tag "!!binary" has no meaning here [yaml-tag] Take the tag out.',
  ],
  [
    "an alias without anchor",
    shot("seed: *none"),
    "4:11+5 the alias *none names no anchor above it [yaml-alias] Write `&none` in front of the value that is meant, further up.",
  ],
  [
    "a value that holds itself",
    `x-a: &a [*a]\n${shot()}`,
    "1:10+2 the alias *a stands inside the value it names [yaml-alias] Write the value out.",
  ],
  [
    "a merge of something that is no block",
    shot("<<: 3"),
    "4:9+1 `<<` takes a block of keys [yaml-merge] Name an anchor: `<<: *name`.",
  ],
  [
    "a list as a key",
    `[a, b]: 3\n${shot()}`,
    "1:1+1 a key has to be a plain text [yaml-syntax] Write the key as one word.",
  ],
  [
    "values too deep inside each other",
    `x-deep: ${"[".repeat(70)}`,
    "1:73+1 values lie too deep inside each other here [yaml-depth] Take levels out.",
  ],
  [
    "a bomb of aliases",
    `x-a: &a [1,1,1,1,1,1,1,1,1,1]\n${bomb}${shot()}`,
    "5:31+2 the aliases of this file unfold into more than 100000 values [yaml-alias] Use fewer aliases of aliases.",
  ],
  [
    "a price file that is not there",
    top("prices: none.yaml"),
    '1:9+9 the price file "none.yaml" is not there [file-missing] Check the path.',
  ],
];

test.for(rows)("%s", async ([, manifest, ...problems], { onTestFinished }) => {
  const folder = await openFolder({ ...STILLS, "film.yaml": manifest }, onTestFinished);
  expect(problemsOf(await folder.read())).toEqual(problems);
});
