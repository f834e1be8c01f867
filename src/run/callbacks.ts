import type { TaskId } from "../shot/id.ts";
import { callbackAddress } from "./callback-address.ts";

/** What is taken from a callback: that now is a good moment to ask about this. Nothing of it is believed. */
export interface Hint {
  /** of the intent whose address was called */
  readonly token: string;
  readonly task: TaskId;
  /** for the log */
  readonly says: "finished" | "failed" | "something";
}

/** What the runs of a command need of its callback receiver. */
export interface Callbacks {
  /** the address that the vendor is to call when what this intent bought has ended */
  addressFor(token: string): string;
  /** whether a callback has come that a run knew: only then is it known that they find the way here */
  isProven(): boolean;
  /** @param listener - tells whether the token is one of its own; returns how to stop listening */
  subscribe(listener: (hint: Hint) => boolean): () => void;
}

/** Between the receiver, which knows no shots, and the runs, each of which knows its own tokens. */
export interface CallbackExchange extends Callbacks {
  /** false when no run knows the token */
  offer(hint: Hint): boolean;
}

/** What the receiver tells of itself and its visitors. */
export type CallbackRemark =
  | { readonly remark: "open"; readonly origin: string; readonly isSigned: boolean }
  /** told at the 1st, 10th, 100th …: a stranger must not be able to fill the log */
  | { readonly remark: "refused"; readonly why: CallbackRefusal; readonly times: number }
  /** a token that no run knows: of an earlier run, or made up */
  | { readonly remark: "unknown"; readonly times: number };

export type CallbackRefusal = "missing" | "malformed" | "wrong" | "stale" | "replayed" | "unreadable" | "too-long";

export function openCallbackExchange(publicUrl: string): CallbackExchange {
  const listeners = new Set<(hint: Hint) => boolean>();
  let isProven = false;
  return {
    addressFor: (token) => callbackAddress(publicUrl, token),
    isProven: () => isProven,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    offer(hint) {
      const isKnown = [...listeners].some((listener) => listener(hint));
      isProven ||= isKnown;
      return isKnown;
    },
  };
}
