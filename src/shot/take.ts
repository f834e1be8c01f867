import type { Sha256, ShotId, TaskId } from "./id.ts";
import type { AspectRatio, Model } from "./model.ts";

/**
 * A take's life, then its four bad ends.
 *
 * - `refused`: answered no, nothing was bought
 * - `failed`: bought, the vendor could not
 * - `unconfirmed`: no answer came, so it may have been bought
 * - `lost`: bought, and cannot be found any more
 */
export type TakeState =
  | "submitting"
  | "generating"
  | "made"
  | "downloaded"
  | "checked"
  | "upgrading"
  | "upgraded"
  | "refused"
  | "failed"
  | "unconfirmed"
  | "lost";

/** A shot shows its picked take's state; without one it is planned, or blocked when a shot it needs ended badly. */
export type ShotState = TakeState | "planned" | "blocked";

/** A still picture that a take begins from, ends on or looks like. */
export type Still =
  /** a file of the author's; `path` is absolute, `sha256` says which picture it was */
  | { readonly from: "file"; readonly path: string; readonly sha256: Sha256; readonly mediaType: ImageType }
  | { readonly from: "url"; readonly url: string }
  /** the last frame of another shot's take, known once that take is checked */
  | { readonly from: "last-frame"; readonly shot: ShotId; readonly take: number; readonly task: TaskId };

/** Picture types the vendor reads. */
export type ImageType = "image/png" | "image/jpeg" | "image/webp";

/**
 * All that decides what a take shows, and nothing else: two takes of equal requests are two attempts at the same
 * picture. What is written here is what the vendor is sent, apart from uploads, which stand for their stills.
 */
export type TakeRequest = GenerateRequest | ExtendRequest;

export interface GenerateRequest {
  readonly kind: "generate";
  /** with the style appended */
  readonly prompt: string;
  readonly model: Model;
  readonly aspectRatio: AspectRatio;
  /** whether the vendor may translate the prompt into English */
  readonly translate: boolean;
  readonly seed?: number;
  readonly stills:
    | { readonly use: "none" }
    | { readonly use: "frames"; readonly first: Still; readonly last?: Still }
    | { readonly use: "references"; readonly images: readonly Still[] };
}

export interface ExtendRequest {
  readonly kind: "extend";
  readonly prompt: string;
  readonly model: Model;
  readonly seed?: number;
  /** the take that goes on */
  readonly parent: { readonly shot: ShotId; readonly take: number; readonly task: TaskId };
}
