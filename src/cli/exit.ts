import type { Problem } from "../shot/problem.ts";

/** A command ends here, before anything was bought: the problems are told, the code is the process's. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  constructor(
    readonly exitCode: number,
    readonly problems: readonly Problem[],
    /** manifest texts by shown path, for the squiggles */
    readonly sources: ReadonlyMap<string, string> = new Map(),
  ) {
    super(problems.map(({ message }) => message).join("; "));
  }
}

export const EXIT = {
  done: 0,
  short: 1,
  usage: 2,
  spending: 3,
  unconfirmed: 4,
  key: 5,
  damaged: 6,
  changes: 10,
  bug: 70,
  busy: 75,
} as const;

/** One problem without a place in a file. */
export function problem(rule: string, message: string, fix: string): Problem {
  return { rule, message, fix, place: null };
}
