import { EXIT, problem, Refusal } from "./exit.ts";
import type { Session } from "./session.ts";
import type { Signals } from "./signals.ts";

/**
 * Credits left on the account; undefined when nobody said.
 *
 * @throws Refusal when the key is refused
 */
export async function balanceOf({ provider }: Pick<Session, "provider">): Promise<number | undefined> {
  const credit = await provider?.credit();
  if (credit?.outcome === "deferred" && credit.cause === "key") {
    const fix = "Set KIE_API_KEY to a valid key. Nothing was bought: 0 credits spent.";
    throw new Refusal(EXIT.key, [problem("vendor-key", `the key was refused: ${credit.message}`, fix)]);
  }
  return credit?.outcome === "given" ? credit.value : undefined;
}

/** Whoever pressed Ctrl-C waits no longer than this for a figure. */
const QUICK_MS = 3_000;

/** Credits left when a run has ended; undefined when nobody said in time, as what was said before the run is no longer so. */
export async function balanceAfter(
  { provider }: Pick<Session, "provider">,
  { drain, leave }: Pick<Signals, "drain" | "leave">,
): Promise<number | undefined> {
  const patience = drain.aborted ? AbortSignal.any([leave, AbortSignal.timeout(QUICK_MS)]) : leave;
  const credit = await provider?.credit(patience).catch(() => undefined);
  return credit?.outcome === "given" ? credit.value : undefined;
}
