import { applyEvent } from "../ledger/batch-state.ts";
import type { LedgerEvent, Recorded } from "../ledger/event.ts";
import type { View } from "../plan/view.ts";
import type { RunContext } from "./context.ts";

/** The run's present: every event goes through here, first to the ledger and then into the view that all decide by. */
export interface Recorder {
  readonly view: () => View;
  /** durable when it resolves */
  readonly record: (...events: LedgerEvent[]) => Promise<void>;
  /** takes in an event that the ledger wrote by itself: a granted intent */
  readonly accept: (recorded: Recorded) => void;
  /** a file came or went: path relative to the batch folder, undefined bytes when it is gone */
  readonly shelve: (path: string, bytes: number | undefined) => void;
  /** wakes whoever waits for a change although no event came: a step has ended */
  readonly ring: () => void;
  /** resolves at the next change */
  readonly changed: () => Promise<void>;
}

export function openRecorder(context: Pick<RunContext, "ledger" | "manifest" | "watch">, initial: View): Recorder {
  let view = initial;
  let wake = () => {};
  let change = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const ring = () => {
    wake();
    change = new Promise((resolve) => {
      wake = resolve;
    });
  };
  const accept = (recorded: Recorded) => {
    view = { ...view, state: applyEvent(view.state, recorded) };
    context.watch({ news: "recorded", recorded, view });
    ring();
  };
  return {
    view: () => view,
    record: async (...events) => {
      for (const recorded of await context.ledger.append(context.manifest.name, events)) accept(recorded);
    },
    accept,
    shelve: (path, bytes) => {
      const shelf = new Map(view.shelf);
      if (bytes === undefined) shelf.delete(path);
      else shelf.set(path, bytes);
      view = { ...view, shelf };
      ring();
    },
    ring,
    changed: () => change,
  };
}
