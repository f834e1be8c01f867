import { setMaxListeners } from "node:events";

/** A person's or the system's wish that we end. */
export interface Signals {
  /** aborted by the first SIGINT, SIGTERM or SIGHUP: buy nothing more, finish what is in hand */
  readonly drain: AbortSignal;
  /** aborted by the second: leave at once */
  readonly leave: AbortSignal;
  /** 130 after Ctrl-C, 143 after SIGTERM or SIGHUP; undefined while nothing came */
  readonly exitCode: () => 130 | 143 | undefined;
  readonly release: () => void;
}

/** A terminal and npm may both deliver the same Ctrl-C: a second one this soon is the first one's echo. */
const ECHO_MS = 500;
const NAMES = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** @param onFirst - told once, so that the person is not left wondering */
export function listenForSignals(onFirst: () => void): Signals {
  const drain = new AbortController();
  const leave = new AbortController();
  // Every request and every wait listens: Node would warn of a leak on stderr from the eleventh on.
  setMaxListeners(0, drain.signal, leave.signal);
  let first: { at: number; code: 130 | 143 } | undefined;
  const receive = (name: NodeJS.Signals) => {
    if (!first) {
      first = { at: Date.now(), code: name === "SIGINT" ? 130 : 143 };
      onFirst();
      drain.abort(new Error("interrupted"));
    } else if (Date.now() - first.at > ECHO_MS) {
      leave.abort(new Error("interrupted twice"));
      // What is durable is durable; whatever still runs must not hold the person up.
      process.exit(first.code);
    }
  };
  for (const name of NAMES) process.on(name, receive);
  return {
    drain: drain.signal,
    leave: leave.signal,
    exitCode: () => first?.code,
    release: () => {
      for (const name of NAMES) process.off(name, receive);
    },
  };
}
