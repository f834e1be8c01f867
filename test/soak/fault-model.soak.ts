import { test } from "vitest";
import { search } from "../run/model/search.ts";
import { tell } from "../run/model/tally.ts";
import { soakTerms } from "./terms.ts";

/** Memory that fast-check keeps for shrinking grows with the runs of one search. */
const A_SEARCH = 500;

test("no schedule of faults, crashes and interruptions breaks a promise", async () => {
  const terms = soakTerms();
  for (let number = 0; !terms.isOver(); number += 1) {
    const seed = terms.seed * 100_000 + number;
    const tally = await search({ seed, atMost: A_SEARCH, isOver: terms.isOver });
    console.log(`fault model, seed ${seed}: ${tell(tally)}`);
  }
});
