import { guarded } from "../report/printable.ts";
import type { Style } from "../report/style.ts";

/** The two streams of the process. stdout carries results only; stderr the progress. */
export interface Terminal {
  readonly result: (text: string) => void;
  readonly tell: (text: string) => void;
  /** how stderr wants its text */
  readonly style: Style;
  /** how stdout wants its text */
  readonly resultStyle: Style;
  /** lines stderr shows; undefined where nobody watches */
  readonly rows: () => number | undefined;
}

const COLUMNS_ELSEWHERE = 100;

export function openTerminal(environment: Readonly<Record<string, string | undefined>>): Terminal {
  const { stdout, stderr } = process;
  const plain = Boolean(environment["NO_COLOR"]) || environment["TERM"] === "dumb";
  const styleOf = (stream: NodeJS.WriteStream): Style => ({
    colour: stream.isTTY === true && !plain,
    columns: stream.columns ?? COLUMNS_ELSEWHERE,
  });
  // A reader may go away, as `head` does: what is paid for is finished all the same.
  for (const stream of [stdout, stderr]) {
    stream.on("error", ({ code }: NodeJS.ErrnoException) => {
      if (code === "EPIPE") return;
      // A result that a full disk took away was not given, whatever else went well.
      process.once("exit", () => {
        process.exitCode ||= 1;
      });
    });
  }
  const write = (stream: NodeJS.WriteStream) => (text: string) => {
    if (text !== "") stream.write(guarded(text.endsWith("\n") ? text : `${text}\n`, styleOf(stream).colour));
  };
  return {
    result: write(stdout),
    tell: write(stderr),
    get style() {
      return styleOf(stderr);
    },
    get resultStyle() {
      return styleOf(stdout);
    },
    rows: () => (stderr.isTTY && environment["TERM"] !== "dumb" ? stderr.rows : undefined),
  };
}
