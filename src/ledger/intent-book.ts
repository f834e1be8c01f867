import type { BatchName } from "../shot/id.ts";
import type { Connection } from "./connection.ts";
import { checksumOf, eventsAfter } from "./events.ts";
import { type Intents, noteIntents } from "./settlement.ts";

/** What was read of a batch's intents so far, so that the next look reads only what came since. */
export interface IntentBook {
  readonly intents: Intents;
  /** the last event that is taken in; 0 for none */
  readonly seq: number;
  /** of that event: another one in its place means that a transaction was rolled back since, and the book is void */
  readonly crc: number | undefined;
}

/** The intents of a batch as they stand inside a transaction. */
export function readIntents(
  sql: Connection,
  batch: BatchName,
  known: IntentBook | undefined,
  path: string,
): IntentBook {
  const from = known && checksumOf(sql, batch, known.seq) === known.crc ? known : { intents: new Map(), seq: 0 };
  const events = eventsAfter(sql, batch, from.seq, path);
  const seq = events.at(-1)?.seq ?? from.seq;
  return { intents: noteIntents(from.intents, events), seq, crc: checksumOf(sql, batch, seq) };
}
