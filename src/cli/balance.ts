import { EXIT, problem, Refusal } from "./exit.ts";
import type { Session } from "./session.ts";

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
