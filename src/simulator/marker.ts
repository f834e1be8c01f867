import { LOOKS, type Look } from "./clip.ts";
import { type FailureName, isFailureName } from "./failure.ts";

/**
 * What a prompt asks of the simulator, written in double square brackets anywhere in it:
 *
 * | marker | what happens |
 * | --- | --- |
 * | `[[fail:NAME]]` | accepted, then fails; NAME is a key of `FAILURES`, or `1080p` or `4k` for an upgrade of this take |
 * | `[[fail:NAME-once]]` | fails the first time this prompt is bought, succeeds the next |
 * | `[[stuck]]` | never finishes; `[[stuck:1080p]]` and `[[stuck:4k]]` say it of an upgrade |
 * | `[[empty]]` | succeeds with an empty list of addresses |
 * | `[[refuse:CODE]]` | refused at the door with that code: nothing is bought |
 * | `[[after:SECONDS]]` | takes that long (nominal), upgrades included |
 * | `[[silent]]` | made without a sound track |
 * | `[[black]]`, `[[frozen]]`, `[[muted]]`, `[[clipped]]` | made with a picture or a sound like that |
 * | `[[repeat]]` | begins with the very picture it starts from, or with the last frame of what it extends |
 * | `[[drift]]` | the same, with warmer colours |
 * | `[[fallback]]` | made by the vendor's fallback model: cannot be upgraded |
 */
export interface Markers {
  readonly fail: { readonly name: FailureName; readonly once: boolean } | undefined;
  readonly stuck: boolean;
  readonly empty: boolean;
  readonly refuse: number | undefined;
  readonly afterSeconds: number | undefined;
  readonly silent: boolean;
  readonly look: Look | undefined;
  readonly fallback: boolean;
  readonly upgradeFails: { readonly "1080p": boolean; readonly "4k": boolean };
  readonly upgradeSticks: { readonly "1080p": boolean; readonly "4k": boolean };
}

/** Reads the markers of a prompt; what is not understood is left alone, as a prompt may say anything. */
export function readMarkers(prompt: string): Markers {
  const words = [...prompt.matchAll(/\[\[([a-z0-9:.-]+)\]\]/g)].map((match) => match[1] ?? "");
  const after = (start: string) =>
    words.filter((word) => word.startsWith(`${start}:`)).map((word) => word.slice(start.length + 1));
  const fails = after("fail");
  const failure = fails
    .map((word) => ({ name: word.replace(/-once$/, ""), once: word.endsWith("-once") }))
    .find(({ name }) => isFailureName(name));
  return {
    fail: failure && isFailureName(failure.name) ? { name: failure.name, once: failure.once } : undefined,
    stuck: words.includes("stuck"),
    empty: words.includes("empty"),
    refuse: wholeNumber(after("refuse")[0]),
    afterSeconds: wholeNumber(after("after")[0]),
    silent: words.includes("silent"),
    look: LOOKS.find((look) => words.includes(look)),
    fallback: words.includes("fallback"),
    upgradeFails: { "1080p": fails.includes("1080p"), "4k": fails.includes("4k") },
    upgradeSticks: { "1080p": after("stuck").includes("1080p"), "4k": after("stuck").includes("4k") },
  };
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}
