import { createHash } from "node:crypto";
import type { UpgradeResolution } from "../shot/resolution.ts";

/** What a result file shows, as a value: the same value is the same file, whoever renders it. */
export type Clip =
  | {
      readonly kind: "take";
      readonly task: string;
      readonly prompt: string;
      readonly orientation: Orientation;
      readonly seconds: number;
      readonly sound: boolean;
      /** SHA-256 of an uploaded picture that the take begins with, ends with */
      readonly first?: string;
      readonly last?: string;
      /** what is wrong with what is seen or heard; such clips are drawn alike in every mode, without words and mark */
      readonly look?: Look;
      /** the clip whose last frame this one begins with */
      readonly after?: Clip;
    }
  /** the same take in a larger size */
  | { readonly kind: "upgrade"; readonly of: Clip; readonly resolution: UpgradeResolution }
  /** two clips in a row: an extended take as a whole */
  | { readonly kind: "whole"; readonly parts: readonly Clip[] };

/**
 * Black picture, standing picture, silent sound, sound cut off at full scale, as a vendor that had a bad day delivers; and
 * `repeat`, whose first frame is the very picture it begins from, so that whoever shows both sees it twice; and `drift`,
 * the same with warmer colours.
 */
export const LOOKS = ["black", "frozen", "muted", "clipped", "repeat", "drift"] as const;
export type Look = (typeof LOOKS)[number];

export type Orientation = "wide" | "upright";
export type TakeClip = Extract<Clip, { kind: "take" }>;

/** How much work goes into a picture. */
export type ClipMode = "burned" | "shared" | "tiny";

/** Raised whenever the same clip value is drawn differently, so that kept files are not mistaken for it. */
const DRAWING = 2;

/** The take that a clip shows; of a whole one the last part. */
export function takeOf(clip: Clip): TakeClip {
  if (clip.kind === "take") return clip;
  if (clip.kind === "upgrade") return takeOf(clip.of);
  const last = clip.parts.at(-1);
  if (!last) throw new RangeError("a whole clip needs parts");
  return takeOf(last);
}

/** Name of a rendered file: 32 hex digits of everything that decides its content. */
export function contentKey(content: object): string {
  return createHash("sha256")
    .update(JSON.stringify([DRAWING, content]))
    .digest("hex")
    .slice(0, 32);
}

/** A tone of its own for each take: 48 half tones from 110 Hz up. */
export function toneHz(mark: number): number {
  return Math.round(110 * 2 ** ((mark % 48) / 12));
}

export const FRAME_RATE = 24;
export const SAMPLE_RATE = 48_000;
