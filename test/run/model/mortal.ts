import type { Ledger } from "../../../src/ledger/ledger.ts";
import type { Media } from "../../../src/media/media.ts";
import type { Chance } from "../../../src/world/chance.ts";
import type { Clock } from "../../../src/world/clock.ts";
import type { Files } from "../../../src/world/files.ts";
import type { Http } from "../../../src/world/http.ts";

/** How a process is stopped: at its nth doing, by a Ctrl-C, or by death before or right after it. */
export interface Stop {
  readonly at: number;
  readonly how: "drain" | "die-before" | "die-after";
}

/** A run that does this much is going round in circles. */
const MOST_DOINGS = 40_000;

/** What a process reaches the world through. */
export interface Ports {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly files: Files;
  readonly http: Http;
  readonly ledger: Ledger;
  readonly media: Media;
}

/**
 * One process. Everything it does to the world is counted, so that it can be stopped at any of its doings. A dead one
 * does nothing more: whatever it still waits for never comes.
 */
export class Mortal {
  readonly drain = new AbortController();
  /** never aborted: a second Ctrl-C ends the process there and then, which is one more way to die */
  readonly leave = new AbortController();
  readonly died: Promise<"died">;
  doings = 0;
  isSpinning = false;
  isDead = false;
  private underWay = 0;
  private announceDeath: (word: "died") => void = () => {};

  constructor(private readonly stop: Stop | undefined) {
    this.died = new Promise((resolve) => {
      this.announceDeath = resolve;
    });
  }

  /** Work that no timer stands for: the ledger's commits wait for a turn of the event loop. */
  isBusy(): boolean {
    return this.underWay > 0;
  }

  die(): void {
    this.isDead = true;
    this.announceDeath("died");
  }

  /** The ports as this process sees them. */
  wrap(ports: Ports): Ports {
    const { clock, chance, files, http, ledger, media } = ports;
    return {
      chance,
      clock: { ...clock, sleep: (ms, signal) => this.wait(clock.sleep(ms, signal)) },
      files: this.all(files),
      http: {
        ...this.all(http),
        open: async (request) => {
          const stream = await this.act(() => http.open(request));
          return { ...stream, body: this.untilDeath(stream.body) };
        },
      },
      media: this.all(media),
      ledger: {
        ...this.all(ledger, true),
        hold: async (batch) => {
          const hold = await this.act(() => ledger.hold(batch), true);
          return hold.outcome === "busy" ? hold : { ...hold, release: () => this.act(() => hold.release(), true) };
        },
        close: () => ledger.close(),
      },
    };
  }

  /** Every method of a port counted and, for a ledger, waited for. */
  private all<Port extends object>(port: Port, isLedger = false): Port {
    const methods = Object.entries(port).map(([name, method]) => {
      const called = (...args: unknown[]) =>
        this.act(() => (method as (...all: unknown[]) => Promise<unknown>)(...args), isLedger);
      return [name, called];
    });
    return Object.fromEntries(methods) as Port;
  }

  private async act<T>(work: () => Promise<T>, isLedger = false): Promise<T> {
    if (this.isDead) return never();
    this.doings += 1;
    const isStop = this.stop?.at === this.doings;
    if (this.doings > MOST_DOINGS) {
      this.isSpinning = true;
      this.die();
    }
    if (isStop && this.stop?.how === "drain") this.drain.abort(new Error("interrupted"));
    if (isStop && this.stop?.how === "die-before") this.die();
    if (this.isDead) return never();
    if (isLedger) this.underWay += 1;
    try {
      const done = await work();
      if (isStop && this.stop?.how === "die-after") this.die();
      return this.isDead ? never() : done;
    } catch (error) {
      if (this.isDead) return never();
      throw error;
    } finally {
      if (isLedger) this.underWay -= 1;
    }
  }

  /** A download that a death breaks off leaves the pieces that had come. */
  private async *untilDeath(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) yield await this.act(async () => piece);
  }

  private wait<T>(work: Promise<T>): Promise<T> {
    return work.then(
      (value) => (this.isDead ? never<T>() : value),
      (error: unknown) => {
        if (this.isDead) return never<T>();
        throw error;
      },
    );
  }
}

function never<T>(): Promise<T> {
  return new Promise(() => {});
}
