import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { findTake } from "../ledger/batch-state.ts";
import { NotAClip } from "../media/clip/not-a-clip.ts";
import { uploadName, uploadStill } from "../provider/upload.ts";
import type { Sha256, ShotId } from "../shot/id.ts";
import type { ImageType, Still, TakeRequest } from "../shot/take.ts";
import { RenderError } from "../world/render.ts";
import { backoffMs } from "./backoff.ts";
import type { RunContext } from "./context.ts";
import type { Lanes } from "./lanes.ts";
import type { Recorder } from "./recorder.ts";

/** The vendor keeps uploads for three days by one page and one day by another. @see kie.ai File Upload API */
const UPLOAD_LIFE_MS = 24 * 60 * 60 * 1000;
/** An upload must still be there when the vendor's own queue comes to the task. */
const MARGIN_MS = 60 * 60 * 1000;
const MOST_ATTEMPTS = 5;

export type StillsOutcome =
  | { readonly outcome: "ready"; readonly urls: readonly string[] }
  | { readonly outcome: "not-ready"; readonly why: string; readonly keyRefused: boolean };

/** Addresses at which the vendor can fetch pictures; each picture is uploaded once, by content. */
export interface Stills {
  urlsFor(request: TakeRequest): Promise<StillsOutcome>;
}

export function openStills(context: RunContext, lanes: Lanes, recorder: Recorder): Stills {
  const { world, provider, ledger, media, batchFolder } = context;
  const underWay = new Map<string, Promise<UploadResult>>();
  /** frames that are being taken, by their file: several takes may start from one */
  const drawings = new Map<string, Promise<void>>();

  const upload = async (path: string, mediaType: ImageType, planned: Sha256 | undefined): Promise<UploadResult> => {
    const bytes = await world.files.readBytes(path).catch(() => undefined);
    if (!bytes) return { url: undefined, why: `${path} cannot be read any more`, keyRefused: false };
    const sha256 = createHash("sha256").update(bytes).digest("hex") as Sha256;
    // The plan was made for another picture; the next run plans for this one.
    if (planned !== undefined && planned !== sha256) {
      return { url: undefined, why: `${path} was changed while the run went`, keyRefused: false };
    }
    const known = (await ledger.account()).uploads.get(sha256);
    const ageMs = known && world.clock.elapsed(known.at);
    // An upload from the future is of a clock that was wrong: nobody knows how old it is.
    if (known && ageMs !== undefined && ageMs >= 0 && ageMs < UPLOAD_LIFE_MS - MARGIN_MS) return { url: known.url };
    for (let attempt = 1; ; attempt++) {
      const name = uploadName(sha256, mediaType);
      const outcome = await uploadStill(provider, { bytes, mediaType, name }, context.drain);
      if (outcome.outcome === "given") {
        await ledger.rememberUpload(sha256, outcome.value);
        return { url: outcome.value };
      }
      const keyRefused = outcome.outcome === "deferred" && outcome.cause === "key";
      const isFinal = outcome.outcome === "refused" || keyRefused || context.drain.aborted;
      if (isFinal || attempt === MOST_ATTEMPTS)
        return { url: undefined, why: `${path}: ${outcome.message}`, keyRefused };
      const retryAfterMs = outcome.retryAfterMs;
      await world.clock.sleep(backoffMs(attempt, world.chance, retryAfterMs), context.drain).catch(() => undefined);
    }
  };

  const frameOf = async (shot: ShotId, number: number): Promise<string> => {
    const take = findTake(recorder.view().state, shot, number);
    const clip = take?.files.get("720p");
    if (clip?.state !== "checked") throw new Error(`run: the last frame of ${shot}/${number} was asked for too early`);
    // Named by the clip's content: a clip that was fetched anew gives the same frame, another clip another file.
    const png = `${batchFolder}/work/frames/${clip.sha256}.png`;
    const drawing = drawings.get(png) ?? draw(`${batchFolder}/${clip.file}`, png).finally(() => drawings.delete(png));
    drawings.set(png, drawing);
    await drawing;
    return png;
  };
  const draw = async (clip: string, png: string): Promise<void> => {
    if (await world.files.stat(png)) return;
    await world.files.makeFolder(dirname(png));
    await lanes.renders.add(() => media.lastFrame(clip, png, context.leave));
  };

  const urlOf = async (still: Still): Promise<UploadResult> => {
    if (still.from === "url") return { url: still.url };
    const path = still.from === "file" ? still.path : await frameOf(still.shot, still.take).catch(notAFrame);
    if (typeof path !== "string") return path;
    const mediaType = still.from === "file" ? still.mediaType : "image/png";
    const planned = still.from === "file" ? still.sha256 : undefined;
    const already = underWay.get(path);
    if (already !== undefined) return already;
    const result = lanes.uploads.add(() => upload(path, mediaType, planned)).finally(() => underWay.delete(path));
    underWay.set(path, result);
    return result;
  };

  return {
    async urlsFor(request) {
      const urls: string[] = [];
      for (const still of stillsIn(request)) {
        const result = await urlOf(still);
        if (result.url === undefined) return { outcome: "not-ready", why: result.why, keyRefused: result.keyRefused };
        urls.push(result.url);
      }
      return { outcome: "ready", urls };
    },
  };
}

/** A frame that cannot be taken leaves its shot for another run; anything but a trouble with the clip is a bug. */
function notAFrame(error: unknown): UploadResult {
  if (!(error instanceof RenderError || error instanceof NotAClip)) throw error;
  const isFull = error instanceof RenderError && error.lacksRoom;
  return {
    url: undefined,
    why: `the last frame of its parent could not be taken: ${error.message}${isFull ? ". Make room on the disk first" : ""}`,
    keyRefused: false,
  };
}

type UploadResult =
  | { readonly url: string }
  | { readonly url: undefined; readonly why: string; readonly keyRefused: boolean };

function stillsIn(request: TakeRequest): readonly Still[] {
  if (request.kind === "extend") return [];
  switch (request.stills.use) {
    case "none":
      return [];
    case "frames":
      return request.stills.last ? [request.stills.first, request.stills.last] : [request.stills.first];
    case "references":
      return request.stills.images;
  }
}
