import { type FrameRate, frameAt, parseFrameRate, showFrameRate } from "../shot/frame-rate.ts";
import type { SequenceId, ShotId } from "../shot/id.ts";
import { CLIP_SECONDS } from "../shot/model.ts";
import { readCaptions } from "./captions.ts";
import type { Draft } from "./draft.ts";
import { readEncode } from "./encode.ts";
import { readExports } from "./exports.ts";
import { type SequenceSound, USUAL_SOUND, warnOfLateVoices } from "./film-sound.ts";
import { checkShotName, type ShotNames } from "./graph.ts";
import { checkIds } from "./ids.ts";
import type { Path } from "./located.ts";
import type { Sequence, SequenceClip, Shot } from "./manifest.ts";
import type { ManifestText } from "./schema.ts";
import type { Sheet } from "./sheet.ts";
import { readTransitions } from "./transitions.ts";
import { quoted, shownValue } from "./wording.ts";

/** Rate by which trims are judged where the film's own is not known before its clips are: what Veo makes. */
const USUAL_RATE: FrameRate = { numerator: 24, denominator: 1 };

/** Name of the one film of a manifest that names none. */
const USUAL_ID = "film";

/** What is written into and beside a film whose manifest says nothing of it. */
const WITHOUT_WORDS = { captions: undefined, chapters: true, poster: undefined } as const;

/** Reads the films and reports what is wrong with them. Without `sequences` there is one, of all shots in order. */
export function readSequences(
  sheet: Sheet<ManifestText>,
  names: ShotNames,
  shots: readonly Shot[],
  sounds: readonly SequenceSound[],
): readonly Sequence[] {
  const written = sheet.draft.sequences;
  if (written === undefined) {
    const all = { in: undefined, out: undefined, transition: undefined, fit: "pad" } as const;
    const clips = shots.map((shot) => ({ shot: shot.id, place: shot.place, ...all }));
    const place = sheet.place(["shots"]);
    const usual = {
      size: undefined,
      frameRate: undefined,
      onMissing: "hold",
      encode: undefined,
      exports: [],
      sound: USUAL_SOUND,
      ...WITHOUT_WORDS,
    } as const;
    return [{ id: USUAL_ID as SequenceId, place, clips, ...usual }];
  }
  const ids = written.flatMap((sequence, index) =>
    sequence?.id === undefined ? [] : [{ id: sequence.id, at: ["sequences", index, "id"] }],
  );
  checkIds("sequence", ids, sheet);
  return written.flatMap((sequence, index) => {
    if (!sequence) return [];
    const at = ["sequences", index];
    const subject = sequence.id === undefined ? `sequence ${index + 1}` : `sequence ${quoted(sequence.id)}`;
    const frameRate = readFrameRate(sequence.frame_rate, [...at, "frame_rate"], subject, sheet);
    const rate = frameRate ?? USUAL_RATE;
    const entries = (sequence.shots ?? []).flatMap((clip, position): readonly ClipEntry[] => {
      if (clip === undefined) return [];
      const clipAt = [...at, "shots", position];
      if (typeof clip === "string") return [{ keys: { shot: clip }, at: clipAt, shotAt: clipAt, position }];
      return [{ keys: clip, at: clipAt, shotAt: [...clipAt, "shot"], position }];
    });
    const seams = readTransitions(
      entries.map(({ keys, at }) => ({ at, keys, in: keys.in, out: keys.out })),
      { at, subject, keys: sequence, rate },
      sheet,
    );
    const clips = entries.flatMap((entry, index) => {
      const read = readClip(entry, `clip ${entry.position + 1} of ${subject}`, rate, names, sheet);
      return read ? [{ ...read, transition: seams[index], fit: entry.keys.fit ?? sequence.fit ?? "pad" }] : [];
    });
    if (sequence.id === undefined) return [];
    const place = sheet.place([...at, "id"]);
    const onMissing = sequence.on_missing ?? "hold";
    const captions = readCaptions(sequence.captions, [...at, "captions"], subject, clips, shots, sheet);
    const encode = readEncode(sequence.encode, [...at, "encode"], subject, sheet);
    const exports = readExports(sequence.exports, [...at, "exports"], subject, frameRate, sheet);
    const sound = sounds[index] ?? USUAL_SOUND;
    warnOfLateVoices(sound, lengthOf(clips), at, subject, sheet);
    const { chapters = WITHOUT_WORDS.chapters, poster } = sequence;
    checkPoster(poster, [...at, "poster"], subject, clips, sheet);
    return [
      {
        id: sequence.id as SequenceId,
        place,
        clips,
        size: sequence.size,
        frameRate,
        onMissing,
        captions,
        chapters,
        poster,
        encode,
        exports,
        sound,
      },
    ];
  });
}

/** About how long a film of these clips will be. */
function lengthOf(clips: readonly Pick<SequenceClip, "in" | "out" | "transition">[]): number {
  const spent = (clip: Pick<SequenceClip, "in" | "out">) => (clip.out ?? CLIP_SECONDS) - (clip.in ?? 0);
  return clips.reduce((sum, clip, index) => sum + spent(clip) - (index > 0 ? (clip.transition?.seconds ?? 0) : 0), 0);
}

interface ClipEntry {
  readonly keys: ClipKeys;
  readonly at: Path;
  readonly shotAt: Path;
  readonly position: number;
}

type WrittenClip = NonNullable<NonNullable<NonNullable<Draft<ManifestText>["sequences"]>[number]>["shots"]>[number];
type ClipKeys = Extract<NonNullable<WrittenClip>, object>;

function readClip(
  { keys, at, shotAt }: ClipEntry,
  subject: string,
  rate: FrameRate,
  names: ShotNames,
  sheet: Sheet<ManifestText>,
): Pick<SequenceClip, "shot" | "place" | "in" | "out"> | undefined {
  checkTrim({ at, in: keys.in, out: keys.out }, subject, rate, sheet);
  if (keys.shot === undefined) return undefined;
  checkShotName(keys.shot, shotAt, `${subject} is`, names, sheet);
  return { shot: keys.shot as ShotId, place: sheet.place(shotAt), in: keys.in, out: keys.out };
}

function checkTrim(
  entry: { readonly at: Path; readonly in: number | undefined; readonly out: number | undefined },
  subject: string,
  rate: FrameRate,
  sheet: Sheet<ManifestText>,
): void {
  if (sheet.judged([...entry.at, "in"]) || sheet.judged([...entry.at, "out"])) return;
  const first = entry.in ?? 0;
  const end = entry.out ?? CLIP_SECONDS;
  const at = [...entry.at, entry.out === undefined ? "in" : "out"];
  if (end <= first) {
    const message = `${subject} ends at ${end} s, which is not after its beginning at ${first} s`;
    sheet.problem({ rule: "clip-trim", at, message, fix: "Make out larger than in." });
  } else if (frameAt(end, rate) <= frameAt(first, rate)) {
    const message = `${subject} holds no frame: from ${first} s to ${end} s at ${showFrameRate(rate)} frames a second`;
    sheet.problem({ rule: "clip-trim", at, message, fix: "Let it play longer." });
  }
}

/** A film is at most as long as what its clips show. */
function checkPoster(
  poster: number | undefined,
  at: Path,
  subject: string,
  clips: readonly SequenceClip[],
  sheet: Sheet<ManifestText>,
): void {
  const longest = clips.reduce((sum, clip) => sum + (clip.out ?? CLIP_SECONDS) - (clip.in ?? 0), 0);
  if (poster === undefined || clips.length === 0 || poster < longest) return;
  const message = `the poster of ${subject} would stand at ${poster} s, and the film is at most ${longest} s long`;
  sheet.problem({ rule: "sequence-poster", at, message, fix: "Name a second of the film." });
}

function readFrameRate(
  value: string | number | undefined,
  at: Path,
  subject: string,
  sheet: Sheet<ManifestText>,
): FrameRate | undefined {
  if (value === undefined) return undefined;
  const rate = parseFrameRate(value);
  if (rate) return rate;
  const message = `"frame_rate" of ${subject} is ${shownValue(value)}; it must be a whole number such as 24 or a fraction such as "24000/1001", at most 240`;
  const exact = EXACT_RATES[String(value)];
  sheet.problem({ rule: "frame-rate", at, message, fix: `Write ${exact ?? '24 or "24000/1001"'}.` });
  return undefined;
}

/** What people mean by the decimals they know. */
const EXACT_RATES: Readonly<Record<string, string>> = {
  "23.976": '"24000/1001"',
  "23.98": '"24000/1001"',
  "29.97": '"30000/1001"',
  "59.94": '"60000/1001"',
};
