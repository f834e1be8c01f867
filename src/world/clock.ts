/**
 * Time. Moments are epoch milliseconds of the machine's clock; lengths of time are the vendor's ("a poll every
 * 30 s"), and `--speed N` makes each of them last an Nth on this machine.
 */
export interface Clock {
  /** epoch milliseconds, never scaled: what is written into the ledger is a true date */
  now(): number;
  /** real milliseconds that only go forward, whatever the machine's clock is set to; good for differences alone */
  ticks(): number;
  /** how many milliseconds a nominal length lasts here: `ms / speed` */
  lasting(nominalMs: number): number;
  /** nominal milliseconds since a moment: `(now - since) * speed` */
  elapsed(since: number): number;
  /** resolves after the nominal length; rejects with the signal's reason when aborted */
  sleep(nominalMs: number, signal?: AbortSignal): Promise<void>;
}
