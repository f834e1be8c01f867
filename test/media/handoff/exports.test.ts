import { expect, test } from "vitest";
import type { EditList } from "../../../src/media/handoff/edit-list.ts";
import { writeEdl } from "../../../src/media/handoff/edl.ts";
import { writeFcpxml } from "../../../src/media/handoff/fcpxml.ts";
import { writeOtio } from "../../../src/media/handoff/otio.ts";
import { pictureStretches } from "../../../src/media/handoff/stretches.ts";
import { exportObstacle } from "../../../src/media/handoff/write-export.ts";
import type { FrameRate } from "../../../src/shot/frame-rate.ts";
import {
  type Played,
  type ReadBack,
  readEdl,
  readFcpxml,
  readFcpxmlSounds,
  readOtio,
  readOtioSounds,
} from "./read-back.ts";
import { clipEdit, editList, everything, FILM_24, mediaOf, NTSC, NTSC_FILM } from "./sample-edits.ts";

const RATES = [FILM_24, NTSC_FILM, NTSC, { numerator: 25, denominator: 1 }];

/** The cut as a frame-by-frame list: which frames of which files are seen, by what is read from an export. */
function seen({ played, crossed }: ReadBack, frames: number): readonly string[] {
  return Array.from({ length: frames }, (_, frame) => {
    const crossing = crossed.find(({ at, frames }) => frame >= at && frame < at + frames);
    const names = crossing ? around(played, crossing.at, crossing.frames, frame) : [at(played, frame)];
    return names.join(" + ");
  });
}

function at(played: readonly Played[], frame: number): string {
  return shown(
    played.find((each) => frame >= each.at && frame < each.at + each.frames),
    frame,
  );
}

/** Below a transition both neighbours of its cut are seen, each from beyond the cut where it has to be. */
function around(played: readonly Played[], start: number, frames: number, frame: number): readonly string[] {
  const behind = played.findIndex((each) => each.at > start && each.at < start + frames);
  const index = behind === -1 ? played.findIndex((each) => each.at === start) : behind;
  return [shown(played[index - 1], frame), shown(played[index], frame)];
}

function shown(each: Played | undefined, frame: number): string {
  if (!each) return "nothing";
  if (each.file === null) return "black";
  const number = each.isHeld ? each.from : each.from + frame - each.at;
  return `${each.file} ${number.toFixed(2)}`;
}

/** What the film itself shows, by the frames of its clips and their overlaps. */
function filmed({ edits, frames, rate }: EditList): readonly string[] {
  return Array.from({ length: frames }, (_, frame) => {
    return edits
      .flatMap((edit) => {
        const { startFrame, transition } = edit;
        const isHeld = transition?.kind === "hold" && frame >= startFrame - transition.frames && frame < startFrame;
        if (!isHeld && (frame < startFrame || frame >= startFrame + edit.frames)) return [];
        if (edit.shows === "card") return ["black"];
        const { firstFrame, media } = edit;
        const first =
          (firstFrame * media.rate.denominator * rate.numerator) / (media.rate.numerator * rate.denominator);
        return [`${media.file} ${(first + (isHeld ? 0 : frame - startFrame)).toFixed(2)}`];
      })
      .join(" + ");
  });
}

for (const rate of RATES) {
  const name = `${rate.numerator}/${rate.denominator}`;

  test(`at ${name}, OTIO and FCPXML show every frame of the film and no other`, () => {
    const list = everything(rate);
    expect(seen(readOtio(writeOtio(list)), list.frames)).toEqual(filmed(list));
    expect(seen(readFcpxml(writeFcpxml(list)), list.frames)).toEqual(filmed(list));
  });

  test(`at ${name}, an EDL shows every frame of a film whose media have its rate`, () => {
    const list = editList(
      everything(rate).edits.filter(({ shot, transition }) => shot !== "odd" && transition?.kind !== "fade_black"),
      rate,
    );
    expect(seen(readEdl(writeEdl(list), Math.round(rate.numerator / rate.denominator)), list.frames)).toEqual(
      filmed(list),
    );
  });
}

test("an EDL of a long film in dropped timecode loses no frame", () => {
  const edits = Array.from({ length: 300 }, (_, index) => {
    return clipEdit(`s${index}`, NTSC, index % 3 === 1 ? { transition: { kind: "dissolve", frames: 15 } } : {});
  });
  const list = editList(edits, NTSC);
  expect(list.frames).toBe(300 * 192 - 100 * 15);
  const { played } = readEdl(writeEdl(list), 30);
  expect(played.map(({ file, at, from }) => ({ file, at, from }))).toEqual(
    list.edits.map((edit) => ({ file: edit.shows === "clip" && edit.media.file, at: edit.startFrame, from: 0 })),
  );
  const last = played.at(-1);
  expect((last?.at ?? 0) + (last?.frames ?? 0)).toBe(list.frames);
});

test("a fade through black is told by an EDL as two dissolves", () => {
  const fade = clipEdit("b", FILM_24, { transition: { kind: "fade_black", frames: 13 } });
  const { played, crossed } = readEdl(writeEdl(editList([clipEdit("a", FILM_24), fade], FILM_24)), 24);
  expect(crossed).toEqual([
    { at: 179, frames: 6 },
    { at: 185, frames: 7 },
  ]);
  expect(played.map(({ file, at, frames, from }) => [file, at, frames, from])).toEqual([
    ["../clips/a/take-1.720p.mp4", 0, 179, 0],
    [null, 179, 6, 0],
    ["../clips/b/take-1.720p.mp4", 185, 186, 6],
  ]);
});

test("the check sees a frame too many, a swapped clip and a transition that is moved", () => {
  const list = everything(FILM_24);
  const right = readOtio(writeOtio(list));
  const change = (index: number, by: Partial<Played>): ReadBack => ({
    ...right,
    played: right.played.map((each, at) => (at === index ? { ...each, ...by } : each)),
  });
  for (const wrong of [
    change(1, { from: 19 }),
    change(3, { file: "../clips/keeper/take-1.720p.mp4" }),
    { ...right, crossed: right.crossed.map((each) => ({ ...each, at: each.at + 1 })) },
  ])
    expect(seen(wrong, list.frames)).not.toEqual(filmed(list));
});

test("what a dissolve takes from beyond the cut is there: no stretch begins before its file or ends behind it", () => {
  const list = everything(FILM_24);
  const stretches = pictureStretches(list);
  expect(stretches.reduce((sum, { frames }) => sum + frames, 0)).toBe(list.frames);
  for (const [index, { crossing, skipped, edit, startFrame, frames }] of stretches.entries()) {
    const next = stretches[index + 1]?.crossing;
    if (crossing && stretches[index]?.plays === "on") expect(skipped).toBeGreaterThanOrEqual(crossing.lead);
    const spare = edit.startFrame + edit.frames - startFrame - frames;
    if (next && stretches[index + 1]?.plays === "on") expect(spare).toBeGreaterThanOrEqual(next.frames - next.lead);
  }
});

test("OTIO names prompt, seed, task and take of each clip, and offers the other takes", () => {
  const [picture, sound, music] = JSON.parse(writeOtio(everything(FILM_24))).tracks.children;
  const [harbour, , keeper] = picture.children;
  expect(harbour).toMatchObject({ name: "harbour", active_media_reference_key: "DEFAULT_MEDIA" });
  expect(Object.keys(harbour.media_references)).toEqual(["DEFAULT_MEDIA", "take 1, 720p"]);
  expect(harbour.media_references["take 1, 720p"].target_url).toBe("../clips/harbour/take-1.720p.mp4");
  expect(harbour.media_references.DEFAULT_MEDIA.target_url).toBe("../clips/harbour/take-2%20%3C%26%3E%231.mp4");
  expect(keeper.metadata.callsheet).toMatchObject({ take: 1, seed: 12_345, task: "task-keeper", follows: "harbour/2" });
  expect(keeper.markers).toMatchObject([{ name: "keeper", comment: "Shot keeper", metadata: keeper.metadata }]);
  // The muted clip is switched off where it is heard, and the music hangs below all.
  expect(sound.children.find(({ name }: { name: string }) => name === "keeper").enabled).toBe(false);
  expect(music.children).toMatchObject([
    { source_range: { duration: { value: 720 }, start_time: { value: 24 } } },
    { source_range: { duration: { value: 380 } }, metadata: { callsheet: { music: { gain_db: -18, duck_db: 8 } } } },
  ]);
});

test("FCPXML holds gains, music and captions, and its words survive what XML makes of them", () => {
  const text = writeFcpxml(everything(NTSC_FILM));
  expect(text).toContain('frameDuration="1001/24000s"');
  expect(text).toContain('<adjust-volume amount="-3.5dB"/>');
  expect(text).toContain('src="../../music/a%20score.wav"');
  expect(text).toContain("&amp; nobody &lt;went&gt;.");
  // Below a held frame the sound goes on: 192 frames of it, and 188 of picture.
  expect(text).toMatch(/name="lamp"[^>]* duration="47047\/6000s" audioStart="0s" audioDuration="1001\/125s"/);
  const odd = clipEdit("a", FILM_24, {
    origin: { ...clipEdit("a", FILM_24).origin, prompt: "bell \u0007 & \u{1F514}" },
  });
  expect(writeFcpxml(editList([odd], FILM_24))).toContain("<note>bell  &amp; \u{1F514}</note>");
});

test("music and voices are read back in their places, each lane without overlaps, and never beyond their files", () => {
  for (const rate of RATES) {
    const list = everything(rate);
    const second = Math.round(rate.numerator / rate.denominator);
    const frames = Math.floor((4 * rate.numerator) / rate.denominator);
    const voice = { file: "../../voice.wav", frames, from: 0, fadeIn: 0, fadeOut: 0 };
    const at = (seconds: number) => Math.round((seconds * rate.numerator) / rate.denominator);
    const heard = readOtioSounds(writeOtio(list));
    expect(heard.filter(({ lane }) => lane.startsWith("Voice"))).toEqual([
      { ...voice, frames: expect.closeTo(voice.frames, -1), at: at(2), lane: "Voice 1", gainDb: 0 },
      { ...voice, frames: expect.closeTo(voice.frames, -1), at: at(3), lane: "Voice 2", gainDb: 2 },
    ]);
    const music = heard.filter(({ lane }) => lane === "Music 0");
    expect(music).toHaveLength(Math.ceil(1100 / at(30)));
    expect(music.every(({ from, frames }) => from === at(1) && from + frames <= 31 * second)).toBe(true);
    const last = music.at(-1);
    expect((last?.at ?? 0) + (last?.frames ?? 0)).toBe(1100);
    // It comes up where the film begins and goes down where it ends, and not where it only plays again.
    expect(music.map(({ fadeIn }) => fadeIn)).toEqual([at(1), ...music.slice(1).map(() => 0)]);
    expect(music.map(({ fadeOut }) => fadeOut)).toEqual([...music.slice(1).map(() => 0), at(2)]);
    expect(readFcpxmlSounds(writeFcpxml(list))).toEqual(heard);
  }
  const told = writeEdl(everything(FILM_24))
    .split("\n")
    .filter((line) => /^\* (MUSIC|VOICE)/.test(line));
  const [first, last] = told;
  const score = "* MUSIC: ../../music/a score.wav AT";
  expect(first).toBe(`${score} 00:00:00:00 TO 00:00:30:00 FROM 00:00:01:00 GAIN -18 DB FADE IN 00:00:01:00`);
  expect(last).toBe(`${score} 00:00:30:00 TO 00:00:45:20 FROM 00:00:01:00 GAIN -18 DB FADE OUT 00:00:02:00`);
  expect(told).toContain("* VOICE: ../../voice.wav AT 00:00:02:00 TO 00:00:06:00 FROM 00:00:00:00");
});

test("what an author made of a clip's own sound is read back from all three", () => {
  const list = everything(FILM_24);
  const levels = (text: string) =>
    (text.match(/<asset-clip [^>]*audioRole="dialogue"[^>]*>|<adjust-volume [^>]*>/g) ?? []).join("");
  expect(levels(writeFcpxml(list))).toMatch(/name="odd"[^>]*><adjust-volume amount="-3.5dB"\/></);
  expect(writeFcpxml(list)).toMatch(/name="keeper"[^>]* srcEnable="video"/);
  const [, sound] = JSON.parse(writeOtio(list)).tracks.children;
  const facts = (shot: string) =>
    sound.children.find(({ name }: { name: string }) => name === shot).metadata.callsheet.native_sound;
  expect(["odd", "keeper", "door"].map(facts)).toEqual([{ gain_db: -3.5 }, "mute", undefined]);
  const edl = writeEdl(list).split("\n");
  expect(edl.filter((line) => line.includes("AUDIO GAIN"))).toEqual(["* AUDIO GAIN: -3.5 DB"]);
  expect(edl.filter((line) => line.includes("KEEPER1 ")).map((line) => line.slice(14, 19).trim())).toEqual(["V", "V"]);
});

test("reels are no longer than eight letters and differ from file to file", () => {
  const shots = ["a-long-name-one", "a-long-name-two", "ab", "bl", "ax", "x_1", "x1"];
  const list = editList(
    shots.map((shot) => clipEdit(shot, FILM_24)),
    FILM_24,
  );
  const reels = writeEdl(list)
    .split("\n")
    .flatMap((line) => /^\d{3} {2}(\S+)/.exec(line)?.[1] ?? []);
  expect(reels).toEqual(["ALONGNA1", "ALONGNA2", "AB1", "BL1", "AX1", "X11", "X12"]);
});

test("an EDL says what it cannot hold", () => {
  const of = (rate: FrameRate, count: number, frames = 12) => {
    const edits = Array.from({ length: count }, (_, index) => {
      return clipEdit(`s${index}`, rate, {
        transition: { kind: "dissolve", frames },
        media: mediaOf("a", rate, 600),
        frames: 600,
      });
    });
    return exportObstacle("edl", editList(edits, rate));
  };
  expect(of(FILM_24, 999)).toBeUndefined();
  expect(of(FILM_24, 1000)).toBe("it would have 1000 events, and three digits number 999");
  expect(of(FILM_24, 2, 256)).toBe("a transition has 256 frames, and the format tells 255 at most");
  const rate = { numerator: 25, denominator: 2 };
  expect(of(rate, 2)).toBe("timecode counts 1 to 99 whole frames a second, or 1000/1001 of them, not 25/2");
  expect(exportObstacle("otio", everything(rate))).toBeUndefined();
});

test("equal cuts give equal texts", () => {
  for (const write of [writeOtio, writeFcpxml, writeEdl])
    expect(write(everything(NTSC))).toBe(write(structuredClone(everything(NTSC))));
});
