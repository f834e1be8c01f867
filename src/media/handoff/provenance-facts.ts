import type { ClipEdit, Origin } from "./edit-list.ts";
import { mediaUrl } from "./media-url.ts";

/** What every export that can hold it says about a clip, under names that are ours. */
export function clipFacts({ shot, origin, alternates, chain, gainDb }: ClipEdit) {
  return {
    shot,
    ...originFacts(origin),
    ...(chain === undefined ? {} : { [chain.how]: `${chain.shot}/${chain.take}` }),
    ...(gainDb === 0 ? {} : { native_sound: gainDb === "mute" ? "mute" : { gain_db: gainDb } }),
    alternates: alternates.map(({ origin, media }) => ({ ...originFacts(origin), file: mediaUrl(media.file) })),
  };
}

function originFacts({ take, resolution, prompt, model, seed, task }: Origin) {
  return { take, resolution, prompt, model, seed, task };
}

/** How an alternate is called: `take 2, 720p`. */
export function originName({ take, resolution }: Origin): string {
  return `take ${take}, ${resolution}`;
}
