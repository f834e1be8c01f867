import { foldEvents } from "../../src/ledger/batch-state.ts";
import type { LedgerEvent } from "../../src/ledger/event.ts";
import { USUAL_SOUND } from "../../src/manifest/film-sound.ts";
import type { Manifest, Sequence, Shot } from "../../src/manifest/manifest.ts";
import { planRun } from "../../src/plan/plan-run.ts";
import type { Shelf } from "../../src/plan/shelf.ts";
import { NO_WISH, type View, type Wish } from "../../src/plan/view.ts";
import { VEO_PRICES } from "../../src/provider/price-table.ts";
import { USUAL_CHECKS } from "../../src/shot/clip-check.ts";
import type { BatchName, SequenceId, ShotId } from "../../src/shot/id.ts";

const place = { file: "film.yaml", line: 1, column: 1 };

/** A shot as a manifest would give it, with what the test is about. */
export function shot(id: string, about: Partial<Shot> = {}): Shot {
  return {
    id: id as ShotId,
    place,
    promptPlace: place,
    prompt: `A picture of ${id}`,
    model: "veo3_fast",
    aspectRatio: "16:9",
    resolution: "720p",
    translate: false,
    seed: undefined,
    start: { from: "prompt" },
    takes: 1,
    pick: undefined,
    dialogue: [],
    sound: { native: 0, voice: undefined },
    retry: undefined,
    seamTrim: "auto",
    colourMatch: false,
    checks: USUAL_CHECKS,
    ...about,
  };
}

export function follows(id: string, parent: string, about: Partial<Shot> = {}): Shot {
  return shot(id, { start: { from: "follows", parent: parent as ShotId }, ...about });
}

export function extend(id: string, parent: string, about: Partial<Shot> = {}): Shot {
  return shot(id, { start: { from: "extends", parent: parent as ShotId }, ...about });
}

const WITHOUT_WORDS = { captions: undefined, chapters: true, poster: undefined } as const;

/** A film of these shots; `in` and `out` by shot id where they are cut. */
export function sequence(id: string, shots: readonly string[], about: Partial<Sequence> = {}): Sequence {
  const clips = shots.map((name) => ({
    shot: name as ShotId,
    place,
    in: undefined,
    out: undefined,
    transition: undefined,
    fit: "pad" as const,
  }));
  return {
    id: id as SequenceId,
    place,
    clips,
    size: undefined,
    frameRate: undefined,
    onMissing: "hold",
    encode: undefined,
    exports: [],
    sound: USUAL_SOUND,
    ...WITHOUT_WORDS,
    ...about,
  };
}

export function manifest(shots: readonly Shot[], sequences?: readonly Sequence[]): Manifest {
  return {
    path: "/films/film.yaml",
    shown: "film.yaml",
    calledWith: [],
    name: "film" as BatchName,
    title: undefined,
    budget: {},
    limits: {},
    prices: undefined,
    output: undefined,
    onDone: undefined,
    onFailed: undefined,
    shots,
    sequences: sequences ?? [
      sequence(
        "film",
        shots.map(({ id }) => id),
      ),
    ],
  };
}

export function view(wanted: Manifest, known: Known = NOTHING_KNOWN, wish: Partial<Wish> = {}): View {
  const state = foldEvents(known.events.map((event, seq) => ({ seq, at: 0, event })));
  return { manifest: wanted, state, shelf: known.shelf, prices: VEO_PRICES, wish: { ...NO_WISH, ...wish } };
}

/** What a ledger and a disk hold. */
export interface Known {
  readonly events: readonly LedgerEvent[];
  readonly shelf: Shelf;
}
const NOTHING_KNOWN: Known = { events: [], shelf: new Map() };

/** The events and files after a run of this manifest in which all went well: folded by the plan itself. */
export function afterGoodRun(wanted: Manifest, before: Known = NOTHING_KNOWN): Known {
  const done = planRun(view(wanted, before), 0).end;
  return { events: [...before.events, ...done.events], shelf: done.shelf };
}

/** `submit a/1 (never made)`, the form in which tests compare plans. */
export function stepLines(planned: View): readonly string[] {
  return planRun(planned, 0).steps.map(({ step }) => {
    if (step.kind === "join") return `join ${step.sequence} (${step.why})`;
    const resolution = "resolution" in step ? ` ${step.resolution}` : "";
    return `${step.kind} ${step.shot}/${step.take}${resolution} (${step.why})`;
  });
}
