import { setFlagsFromString } from "node:v8";

/** Node 20, 22, 24 and 25 were seen to know the flag. One that does not would say so on stderr, in the midst of a run's words. */
const LAST_NODE_THAT_KNOWS = 25;

/**
 * Has WebAssembly compiled in one simple pass. undici's parser is one huge function of it: to optimize that costs more
 * than the answers of a run, 0.14 s of CPU of 10 requests and 0.24 s of 60 (medians of 5 with Node 20).
 *
 * @param node - the version that runs
 * @returns false where Node may not know how
 */
export function keepWasmPlain(node = process.versions.node): boolean {
  if (Number.parseInt(node, 10) > LAST_NODE_THAT_KNOWS) return false;
  setFlagsFromString("--liftoff-only");
  return true;
}
