import { createHash } from "node:crypto";
import { advance, markRendered, nextDueAt } from "../../../src/simulator/advance.ts";
import { answer } from "../../../src/simulator/answer.ts";
import { draw } from "../../../src/simulator/draw.ts";
import type { Target } from "../../../src/simulator/endpoint.ts";
import type { Callback, Effect, Reply, SimulatorRequest } from "../../../src/simulator/exchange.ts";
import { type FaultRule, planFaults } from "../../../src/simulator/faults.ts";
import { SIMULATED_PRICES } from "../../../src/simulator/price.ts";
import { partAsked } from "../../../src/simulator/range.ts";
import { emptyState, type State } from "../../../src/simulator/state.ts";
import type { Switches } from "../../../src/simulator/switches.ts";
import { type Http, HttpError, type HttpRequest, type HttpStream } from "../../../src/world/http.ts";
import { drawReel, drawRubbish } from "./memory-clip.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** On loopback by its name, as result files may only come from here; nothing listens there. */
export const ORIGIN = "http://127.0.0.1:9";

/** One call as it arrived at the vendor's. */
export interface Arrival {
  /** true time in epoch milliseconds */
  readonly at: number;
  /** the run that sent it, and the local day by its machine's clock */
  readonly run: string;
  readonly day: string;
  readonly target: Target;
  /** body code; the HTTP status for files */
  readonly code: number;
  readonly prompt: string | undefined;
  /** the job that this call bought; undefined when it bought none */
  readonly bought: { readonly job: string; readonly credits: number } | undefined;
  readonly fault: string | undefined;
}

/** Who sends: named in every arrival. */
export interface Sender {
  readonly run: string;
  readonly day: () => string;
}

export interface VendorOptions {
  readonly seed: number;
  readonly balance: number;
  readonly switches: Partial<Switches>;
  readonly faults: readonly FaultRule[];
  /** nobody is reached in these times, counted from the beginning */
  readonly outages: readonly { readonly fromMs: number; readonly lastsMs: number }[];
  /** which result files come as rubbish that begins like a clip, counted from 1 */
  readonly rubbish: readonly number[];
  readonly callbacks?: { readonly forged: number };
}

/** Takes what the vendor, or a stranger, posts to an address of ours. */
export type Postman = (url: string, body: string) => void;

/** On the way there and back, in milliseconds: enough to matter, too little to bunch a window's calls. */
const WAY_MS = [5, 150] as const;
/** A callback that others overtake. */
const LATE_MS = 5 * 60_000;
const FORGED_WITHIN_MS = 30_000;
/** Between two pieces of a slow download. */
const DRIP_MS = 4_000;

/** The simulator's pure core behind wires of memory and virtual time, with everything that can happen on a wire. */
export class MemoryVendor {
  state: State;
  readonly arrivals: Arrival[] = [];
  private trips = 0;
  private served = 0;
  private awaited: number | undefined;
  private readonly openedAt: number;
  private readonly uploads = new Map<string, Uint8Array>();

  constructor(
    private options: VendorOptions,
    private readonly time: VirtualTime,
    private readonly post: Postman,
  ) {
    this.openedAt = time.now();
    const { seed, balance, switches, faults } = options;
    const plan = planFaults(switches, faults);
    this.state = emptyState({ seed, plan, prices: SIMULATED_PRICES, speed: 1, balance });
  }

  /** From now on all goes well: the account is topped up, and what was stuck gets done. */
  recover(): void {
    this.options = { ...this.options, outages: [], rubbish: [] };
    const jobs = [...this.state.jobs].map(([name, job]) => {
      const dueAt = job.dueAt ?? this.time.now() + 60_000;
      return [name, { ...job, dueAt }] as const;
    });
    const rendered = new Set([...this.state.rendered, ...jobs.map(([name]) => name)]);
    const openingBalance = this.state.openingBalance + 1e6;
    // What the vendor is like stays, as far as one can live with it.
    const switches = { ...this.state.plan.switches, keyCap: null, disabled: [], maintenance: false };
    const plan = { switches, faults: [] };
    this.state = { ...this.state, jobs: new Map(jobs), rendered, openingBalance, plan };
  }

  /** Jobs end when their time has come although nobody asks, and call back. */
  private awaitNext(): void {
    const dueAt = nextDueAt(this.state);
    if (!this.options.callbacks || dueAt === undefined || this.awaited === dueAt) return;
    this.awaited = dueAt;
    this.time.after(Math.max(0, dueAt - this.time.now()), () => {
      const passed = advance(this.state, this.time.now(), ORIGIN);
      this.state = passed.state;
      this.carryOut(passed.effects);
    });
  }

  /** A line to the vendor; every process has its own. */
  connect(sender: Sender): Http {
    return {
      send: async (request) => {
        const reply = await this.roundTrip(request, sender, request.timeouts.headersMs);
        const body = typeof reply.body === "string" ? reply.body : Buffer.from(this.bytesOf(reply.body)).toString();
        return { status: reply.status, headers: reply.headers, body };
      },
      open: async (request) => {
        const reply = await this.roundTrip(request, sender, request.timeouts.headersMs);
        return this.stream(reply, request);
      },
      close: async () => {},
    };
  }

  private async roundTrip(request: HttpRequest, sender: Sender, headersMs: number): Promise<Reply> {
    if (request.signal?.aborted) throw new HttpError("cancelled before it was sent", "ABORTED", true);
    const sinceStart = this.time.now() - this.openedAt;
    const isDown = this.options.outages.some(
      ({ fromMs, lastsMs }) => sinceStart >= fromMs && sinceStart < fromMs + lastsMs,
    );
    return new Promise((resolve, reject) => {
      let isOver = false;
      const end = (finish: () => void) => {
        if (isOver) return;
        isOver = true;
        clearTimeout(patience);
        request.signal?.removeEventListener("abort", abort);
        finish();
      };
      const fail = (message: string, code: string, neverSent = false) =>
        end(() => reject(new HttpError(message, code, neverSent)));
      const abort = () => fail("cancelled", "ABORTED");
      const patience = setTimeout(() => fail("no answer in time", "UND_ERR_HEADERS_TIMEOUT"), headersMs);
      request.signal?.addEventListener("abort", abort, { once: true });
      if (isDown) return this.time.after(this.way(), () => fail("connection refused", "ECONNREFUSED", true));
      // What is on its way arrives, whatever becomes of its sender.
      this.time.after(this.way(), () => {
        const reply = this.receive(request, sender);
        if (reply.delivery === "hang") return;
        if (reply.delivery === "reset")
          return this.time.after(this.way(), () => fail("other side closed", "UND_ERR_SOCKET"));
        this.time.after(this.way(), () => end(() => resolve(reply)));
      });
    });
  }

  private receive(request: HttpRequest, sender: Sender): Reply {
    const before = this.state.charges.length;
    const step = answer(this.state, asReceived(request), this.time.now(), ORIGIN);
    this.state = step.state;
    this.carryOut(step.effects);
    const charge = this.state.charges[before];
    if (charge) this.forge(charge.job);
    if (step.call) {
      const { target, code, prompt, fault } = step.call;
      const bought = charge && { job: charge.job, credits: charge.credits };
      this.arrivals.push({
        at: this.time.now(),
        run: sender.run,
        day: sender.day(),
        target,
        code,
        prompt,
        bought,
        fault,
      });
    }
    return step.reply;
  }

  private carryOut(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.do === "render") this.state = markRendered(this.state, effect.job);
      if (effect.do === "store") this.uploads.set(effect.sha256, effect.bytes);
      if (effect.do === "call-back") this.callBack(effect.callback);
    }
    this.awaitNext();
  }

  private callBack({ url, body, fault }: Callback): void {
    if (fault === "drop") return;
    const waits = fault === "late" ? [LATE_MS] : fault === "duplicate" ? [0, 1_000] : [0];
    for (const waitMs of waits) this.time.after(waitMs + this.way(), () => this.post(url, body));
  }

  /** A stranger calls the address of a purchase before its time, with tasks that are not its own. */
  private forge(name: string): void {
    const url = this.state.jobs.get(name)?.callBackUrl;
    const { seed, callbacks } = this.options;
    if (url === undefined || !callbacks || draw(seed, `forged ${name}`) >= callbacks.forged) return;
    const others = [...this.state.jobs.values()].filter((job) => job.name !== name).map(({ taskId }) => taskId);
    for (const task of ["forged", ...others.slice(-3)]) {
      const waitMs = Math.round(draw(seed, `forged ${name} ${task}`) * FORGED_WITHIN_MS);
      this.time.after(waitMs, () => this.post(url, JSON.stringify({ code: 200, data: { taskId: task } })));
    }
  }

  private bytesOf({ file }: Exclude<Reply["body"], string>): Uint8Array {
    if ("upload" in file) return this.uploads.get(file.upload) ?? new Uint8Array();
    this.served += 1;
    return this.options.rubbish.includes(this.served) ? drawRubbish() : drawReel(file.clip);
  }

  private stream(reply: Reply, request: HttpRequest): HttpStream {
    const close = async () => {};
    if (typeof reply.body === "string") {
      return { status: reply.status, headers: reply.headers, body: once(Buffer.from(reply.body)), close };
    }
    const bytes = this.bytesOf(reply.body);
    const etag = `"${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}"`;
    const part = partAsked({ ...request.headers }, bytes.length, etag);
    const common = { etag, "accept-ranges": "bytes", "content-type": reply.body.mediaType };
    if (part.status === 416) {
      const headers = { ...common, "content-range": `bytes */${bytes.length}` };
      return { status: 416, headers, body: once(new Uint8Array()), close };
    }
    const { start, length } = part;
    const range =
      part.status === 206 ? { "content-range": `bytes ${start}-${start + length - 1}/${bytes.length}` } : {};
    return {
      status: part.status,
      headers: { ...common, ...range, "content-length": String(length) },
      body: this.pieces(bytes.subarray(start, start + length), reply, request),
      close,
    };
  }

  private async *pieces(bytes: Uint8Array, reply: Reply, { signal }: HttpRequest): AsyncGenerator<Uint8Array> {
    const isCut = reply.delivery === "truncated";
    const promised = isCut ? bytes.subarray(0, Math.floor(bytes.length / 2)) : bytes;
    const size = Math.ceil(promised.length / 4) || 1;
    for (let from = 0; from < promised.length; from += size) {
      await new Promise<void>((next) => this.time.after(reply.delivery === "slow" ? DRIP_MS : 1, next));
      if (signal?.aborted) throw new HttpError("cancelled", "ABORTED", false);
      yield promised.subarray(from, from + size);
    }
    if (isCut) throw new HttpError("other side closed", "UND_ERR_SOCKET", false);
  }

  private way(): number {
    this.trips += 1;
    const [least, most] = WAY_MS;
    return Math.round(least + draw(this.options.seed, `way ${this.trips}`) * (most - least));
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}

function asReceived({ method, url, headers = {}, body }: HttpRequest): SimulatorRequest {
  const { pathname, searchParams } = new URL(url);
  const form = typeof body === "object" ? { fields: body.fields, file: body.file } : undefined;
  return {
    method,
    path: decodeURIComponent(pathname),
    query: Object.fromEntries(searchParams),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: form ?? (typeof body === "string" ? body : ""),
  };
}
