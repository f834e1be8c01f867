import { type FrameRate, frameAt, parseFrameRate, showFrameRate } from "../shot/frame-rate.ts";
import type { SequenceId, ShotId } from "../shot/id.ts";
import { CLIP_SECONDS } from "../shot/model.ts";
import { checkShotName, type ShotNames } from "./graph.ts";
import { checkIds } from "./ids.ts";
import type { Path } from "./located.ts";
import type { Sequence, SequenceClip, Shot } from "./manifest.ts";
import type { ManifestText } from "./schema.ts";
import type { Sheet } from "./sheet.ts";
import { quoted, shownValue } from "./wording.ts";

/** Rate by which trims are judged where the film's own is not known before its clips are: what Veo makes. */
const USUAL_RATE: FrameRate = { numerator: 24, denominator: 1 };

/** Name of the one film of a manifest that names none. */
const USUAL_ID = "film";

/** Reads the films and reports what is wrong with them. Without `sequences` there is one, of all shots in order. */
export function readSequences(
  sheet: Sheet<ManifestText>,
  names: ShotNames,
  shots: readonly Shot[],
): readonly Sequence[] {
  const written = sheet.draft.sequences;
  if (written === undefined) {
    const clips = shots.map((shot) => ({ shot: shot.id, place: shot.place, in: undefined, out: undefined }));
    const place = sheet.place(["shots"]);
    return [{ id: USUAL_ID as SequenceId, place, clips, size: undefined, frameRate: undefined, onMissing: "hold" }];
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
    const clips = (sequence.shots ?? []).flatMap((clip, position) => {
      if (clip === undefined) return [];
      const clipAt = [...at, "shots", position];
      const entry: ClipEntry =
        typeof clip === "string"
          ? { shot: clip, at: clipAt, shotAt: clipAt }
          : { shot: clip.shot, in: clip.in, out: clip.out, at: clipAt, shotAt: [...clipAt, "shot"] };
      return readClip(entry, `clip ${position + 1} of ${subject}`, frameRate ?? USUAL_RATE, names, sheet) ?? [];
    });
    if (sequence.id === undefined) return [];
    const place = sheet.place([...at, "id"]);
    const onMissing = sequence.on_missing ?? "hold";
    return [{ id: sequence.id as SequenceId, place, clips, size: sequence.size, frameRate, onMissing }];
  });
}

interface ClipEntry {
  readonly shot: string | undefined;
  readonly in?: number | undefined;
  readonly out?: number | undefined;
  readonly at: Path;
  readonly shotAt: Path;
}

function readClip(
  entry: ClipEntry,
  subject: string,
  rate: FrameRate,
  names: ShotNames,
  sheet: Sheet<ManifestText>,
): SequenceClip | undefined {
  checkTrim(entry, subject, rate, sheet);
  if (entry.shot === undefined) return undefined;
  checkShotName(entry.shot, entry.shotAt, `${subject} is`, names, sheet);
  return { shot: entry.shot as ShotId, place: sheet.place(entry.shotAt), in: entry.in, out: entry.out };
}

function checkTrim(entry: ClipEntry, subject: string, rate: FrameRate, sheet: Sheet<ManifestText>): void {
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
