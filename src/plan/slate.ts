import type { SlateWords } from "../media/picture/slate-layout.ts";
import type { ShotState } from "../shot/take.ts";
import { shotStatus } from "./shot-status.ts";
import type { Standing } from "./standing.ts";
import type { View } from "./view.ts";

/**
 * What stands on a shot's card. Of the manifest and the ledger alone: a second run without news must find the same words,
 * or it would join the film anew.
 */
export function slateWords(standing: Standing, view: View): SlateWords {
  const { id, prompt } = standing.shot;
  const { state, problem } = shotStatus(standing, view);
  return { shot: id, state: SHOWN[state], prompt, problem: problem?.message ?? "" };
}

/** How a card says why there is no clip. */
const SHOWN: Readonly<Record<ShotState, string>> = {
  planned: "not bought yet",
  submitting: "sent, not answered yet",
  generating: "still being made",
  made: "made, its clip is not here",
  downloaded: "made, its clip is not here",
  checked: "made, its clip is not here",
  upgrading: "made, its clip is not here",
  upgraded: "made, its clip is not here",
  refused: "refused",
  failed: "failed",
  unconfirmed: "unconfirmed",
  lost: "lost",
  blocked: "blocked",
};
