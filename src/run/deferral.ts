import type { Deferred } from "../provider/outcome.ts";
import type { RunContext } from "./context.ts";

/** A vendor that puts a shot off this often is not coming back tonight. */
export const MOST_DEFERRALS = 40;

type Halt =
  | { readonly result: "rest" }
  | { readonly result: "stop" }
  | { readonly result: "stop-buying"; readonly cause: "credits" | "key-cap" };

/** What a "not now" means for the rest of the run; undefined: try again when the gate opens. */
export async function afterDeferral(outcome: Deferred, context: RunContext): Promise<Halt | undefined> {
  switch (outcome.cause) {
    case "key":
      return { result: "stop" };
    case "credits":
    case "key-cap":
      return { result: "stop-buying", cause: outcome.cause };
    case "disabled":
      return { result: "rest" };
    case "rate":
    case "maintenance":
      await context.ledger.pause(outcome.cause, outcome.retryAfterMs);
      return undefined;
    case "unreachable":
      return undefined;
  }
}
