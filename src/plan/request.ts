import { createHash } from "node:crypto";
import type { Take } from "../ledger/batch-state.ts";
import type { Shot } from "../manifest/manifest.ts";
import type { Sha256 } from "../shot/id.ts";
import type { Still, TakeRequest } from "../shot/take.ts";
import type { BuyReason } from "./buy-reason.ts";

/** What a shot would be bought as today. `parent` is the take it starts from; needed by shots that follow or extend. */
export function requestOf(shot: Shot, parent: Take | undefined): TakeRequest {
  const { prompt, model } = shot;
  const seed = shot.seed === undefined ? {} : { seed: shot.seed };
  if (shot.start.from === "extends") {
    return { kind: "extend", prompt, model, ...seed, parent: takeRef(parent) };
  }
  return {
    kind: "generate",
    prompt,
    model,
    aspectRatio: shot.aspectRatio,
    translate: shot.translate,
    ...seed,
    stills: stillsOf(shot, parent),
  };
}

function stillsOf(shot: Shot, parent: Take | undefined): (TakeRequest & { kind: "generate" })["stills"] {
  const { start } = shot;
  switch (start.from) {
    case "image":
      return { use: "frames", first: start.first, ...(start.last ? { last: start.last } : {}) };
    case "follows":
      return {
        use: "frames",
        first: { from: "last-frame", ...takeRef(parent) },
        ...(start.last ? { last: start.last } : {}),
      };
    case "references":
      return { use: "references", images: start.images };
    default:
      return { use: "none" };
  }
}

function takeRef(take: Take | undefined) {
  if (take?.task === undefined) throw new Error("plan: a request was asked for before its parent has a task");
  return { shot: take.shot, take: take.number, task: take.task };
}

/**
 * Says whether two requests ask for the same picture. Files count by content and parents by task, so that neither
 * moving a still nor renaming a shot buys anything.
 */
export function hashRequest(request: TakeRequest): Sha256 {
  return createHash("sha256")
    .update(JSON.stringify(identityOf(request)))
    .digest("hex") as Sha256;
}

function identityOf(request: TakeRequest): unknown {
  const { kind, prompt, model, seed = null } = request;
  if (request.kind === "extend") return { kind, prompt, model, seed, parent: request.parent.task };
  const { aspectRatio, translate, stills } = request;
  return { kind, prompt, model, seed, aspectRatio, translate, stills: stillsIdentity(stills) };
}

function stillsIdentity(stills: (TakeRequest & { kind: "generate" })["stills"]): unknown {
  switch (stills.use) {
    case "none":
      return null;
    case "frames":
      return { first: stillIdentity(stills.first), last: stills.last ? stillIdentity(stills.last) : null };
    case "references":
      return { images: stills.images.map(stillIdentity) };
  }
}

function stillIdentity(still: Still): string {
  switch (still.from) {
    case "file":
      return `file ${still.sha256}`;
    case "url":
      return `url ${still.url}`;
    case "last-frame":
      return `last frame ${still.task}`;
  }
}

/** What differs most between an earlier request of a shot and today's. */
export function changeBetween(before: TakeRequest, now: TakeRequest): BuyReason {
  if (before.prompt !== now.prompt) return "prompt changed";
  if (before.model !== now.model) return "model changed";
  if (parentTask(before) !== parentTask(now)) return "parent changed";
  if (startOf(before) !== startOf(now)) return "picture it starts from changed";
  return "settings changed";
}

function parentTask(request: TakeRequest): string | undefined {
  if (request.kind === "extend") return request.parent.task;
  if (request.stills.use !== "frames" || request.stills.first.from !== "last-frame") return undefined;
  return request.stills.first.task;
}

function startOf(request: TakeRequest): string {
  return request.kind === "extend" ? "extend" : JSON.stringify(stillsIdentity(request.stills));
}
