import { basename } from "node:path";
import { type HttpBindings, serve } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { type Context, Hono } from "hono";
import type { PriceTable } from "../shot/price.ts";
import type { World } from "../world/world.ts";
import { type Advance, advance, markRendered, markUnrenderable, nextDueAt, unfinishedWork } from "./advance.ts";
import { answer } from "./answer.ts";
import type { ClipMode } from "./clip.ts";
import { flat, hang, reset, sendFile, type Wire } from "./deliver.ts";
import { drawBetween } from "./draw.ts";
import type { Call, Effect, Reply, SimulatorRequest, Step, UploadForm } from "./exchange.ts";
import { type FaultPlan, NO_FAULTS } from "./faults.ts";
import { type Journal, openJournal } from "./journal.ts";
import { sendCallback } from "./messenger.ts";
import { SIMULATED_PRICES } from "./price.ts";
import { type CallbackLine, type Purchases, purchasesOf } from "./purchases.ts";
import { emptyState, type State } from "./state.ts";
import { openStudio, type Studio, UnrenderedClip } from "./studio.ts";

export interface SimulatorOptions {
  /** 0 takes any that is free */
  readonly port: number;
  /** every length of time lasts an Nth */
  readonly speed: number;
  /** how the vendor behaves; left out, as on a good day */
  readonly faults?: FaultPlan | undefined;
  readonly clips: ClipMode;
  readonly tools: { readonly ffmpeg: string };
  /** path of a font file that ffmpeg reads, .woff included */
  readonly font: string;
  /** absolute; rendered clips and uploads are kept here and found again */
  readonly cacheFolder: string;
  /** absolute; without it nothing is remembered */
  readonly journal?: string | undefined;
  /** credits at the beginning; a journal's own beginning wins */
  readonly balance?: number | undefined;
  /** decides ids, durations and chance; a journal's own wins */
  readonly seed?: number | undefined;
  readonly prices?: PriceTable | undefined;
  /** nominal milliseconds before an answer leaves, drawn between the two */
  readonly latencyMs?: readonly [number, number] | undefined;
}

export interface Simulator {
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  purchases(): Purchases;
  close(): Promise<void>;
}

export type SimulatorWorld = Pick<World, "clock" | "chance" | "files" | "http" | "processes">;

const USUAL_BALANCE = 10_000;
/** @see recordings of the live API, April 2026: 326 to 911 ms */
const USUAL_LATENCY_MS = [300, 900] as const;

/**
 * The vendor's API on loopback: ten endpoints and result files that play. Nothing of it ever leaves the machine.
 *
 * @throws what the system says when the port is taken; `BrokenJournal`
 */
export async function openSimulator(options: SimulatorOptions, world: SimulatorWorld): Promise<Simulator> {
  const { speed, faults: plan = NO_FAULTS } = options;
  const seed = options.seed ?? Math.floor(world.chance.number() * 2 ** 31);
  const balance = options.balance ?? USUAL_BALANCE;
  const fresh = emptyState({ seed, plan, speed, prices: options.prices ?? SIMULATED_PRICES, balance });
  const opened = await openJournal(options.journal, fresh, world.files);
  const { clips: mode, cacheFolder: folder, font, tools } = options;
  const studio = openStudio({ mode, folder, font, ffmpeg: tools.ffmpeg }, world);
  const running = new Running(options, world, studio, opened);
  const server = await listen(running, options.port);
  running.begin(server.origin);
  return {
    origin: server.origin,
    purchases: () => running.purchases(),
    async close() {
      running.end();
      await server.close();
      await studio.close();
    },
  };
}

/** The one place where the state changes: steps of the pure core are taken here, and their effects carried out. */
class Running {
  private state: State;
  private readonly calls: Call[];
  private readonly callbacks: CallbackLine[] = [];
  private readonly served = new Map<string, number>();
  private servedBytes = 0;
  private readonly journal: Journal;
  private readonly closing = new AbortController();
  private alarm = new AbortController();
  private origin = "";

  constructor(
    private readonly options: SimulatorOptions,
    private readonly world: SimulatorWorld,
    private readonly studio: Studio,
    opened: Awaited<ReturnType<typeof openJournal>>,
  ) {
    this.state = opened.state;
    this.calls = [...opened.calls];
    this.journal = opened.journal;
  }

  begin(origin: string): void {
    this.origin = origin;
    this.carryOut(unfinishedWork(this.state));
    this.setAlarm();
  }

  end(): void {
    this.closing.abort(new Error("the simulator is closing"));
    this.alarm.abort(this.closing.signal.reason);
  }

  purchases(): Purchases {
    const byPath = Object.fromEntries(this.served);
    const served = [...this.served.values()].reduce((sum, count) => sum + count, 0);
    const files = { served, bytes: this.servedBytes, byPath };
    return purchasesOf(this.state, { calls: this.calls, files, callbacks: this.callbacks });
  }

  /** One request answered by the core; the journal has it before this resolves. */
  async take(request: SimulatorRequest, origin: string): Promise<Reply> {
    const step = answer(this.state, request, this.world.clock.now(), origin);
    this.state = step.state;
    if (step.call) this.calls.push(step.call);
    await this.store(step);
    if (step.facts.length > 0) {
      await this.journal.append({ facts: step.facts, ...(step.call?.bought && { call: step.call }) });
    }
    this.carryOut(step.effects);
    this.setAlarm();
    return step.reply;
  }

  /** Uploads are on disk before the journal says so. */
  private async store({ effects }: Pick<Step, "effects">): Promise<void> {
    for (const effect of effects) {
      if (effect.do === "store") await this.world.files.write(this.studio.uploadPath(effect.sha256), effect.bytes);
    }
  }

  async deliver(reply: Reply, wire: Wire, path: string): Promise<Response> {
    if (reply.delivery === "reset") {
      reset(wire);
      return RESPONSE_ALREADY_SENT;
    }
    if (reply.delivery === "hang") {
      await hang(wire);
      return RESPONSE_ALREADY_SENT;
    }
    if (typeof reply.body === "string") {
      return new Response(reply.body, { status: reply.status, headers: reply.headers });
    }
    const { file, mediaType } = reply.body;
    try {
      const found =
        "upload" in file
          ? this.studio.uploadPath(file.upload)
          : file.as === "jpg"
            ? await this.studio.still(file.clip)
            : await this.studio.clip(file.clip);
      const sending = { path: found, mediaType, etag: `"${basename(found)}"` };
      const bytes = await sendFile(wire, sending, reply.delivery, this.world.files, (ms) => this.pause(ms));
      this.served.set(path, (this.served.get(path) ?? 0) + 1);
      this.servedBytes += bytes;
      return RESPONSE_ALREADY_SENT;
    } catch (error) {
      if (wire.outgoing.headersSent) {
        wire.outgoing.destroy(); // closed in the middle of a slow download: too late for any other answer
        return RESPONSE_ALREADY_SENT;
      }
      if (!(error instanceof UnrenderedClip)) throw error;
      this.state = { ...this.state, warnings: [...this.state.warnings, error.message] };
      return new Response(error.message, { status: 500 });
    }
  }

  /** Holds an answer back as long as the vendor's usually take. */
  async lag(): Promise<void> {
    const range = this.options.latencyMs ?? USUAL_LATENCY_MS;
    const nominalMs = drawBetween(this.state.seed, `latency ${this.calls.length}`, range);
    if (nominalMs > 0) await this.pause(nominalMs);
  }

  private carryOut(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.do === "render") void this.render(effect.job, effect.clip);
      if (effect.do === "call-back") {
        const tell = (line: CallbackLine) => this.callbacks.push(line);
        const { switches } = this.state.plan;
        // Closing interrupts its pauses, and then nobody waits for it any more.
        void sendCallback(effect.callback, switches, this.world, (ms) => this.pause(ms), tell).catch(() => {});
      }
    }
  }

  private async render(job: string, clip: Parameters<Studio["clip"]>[0]): Promise<void> {
    try {
      await this.studio.clip(clip);
      this.state = markRendered(this.state, job);
    } catch (error) {
      if (this.closing.signal.aborted) return;
      this.state = markUnrenderable(this.state, job, error instanceof Error ? error.message : String(error));
    }
    await this.passTime();
  }

  /** Lets jobs end whose time has come, also when nobody asks: their callbacks are due. */
  private async passTime(): Promise<void> {
    if (this.closing.signal.aborted) return;
    const passed: Advance = advance(this.state, this.world.clock.now(), this.origin);
    this.state = passed.state;
    if (passed.facts.length > 0) await this.journal.append({ facts: passed.facts });
    this.carryOut(passed.effects);
    this.setAlarm();
  }

  private setAlarm(): void {
    this.alarm.abort();
    const dueAt = nextDueAt(this.state);
    if (dueAt === undefined || this.closing.signal.aborted) return;
    this.alarm = new AbortController();
    const { clock } = this.world;
    const leftMs = Math.max(1, dueAt - clock.now());
    clock.sleep(leftMs / clock.lasting(1), this.alarm.signal).then(
      () => this.passTime(),
      () => {}, // another alarm was set, or the simulator is closing
    );
  }

  /** A nominal length at the simulator's speed, whatever the clock's own. */
  private pause(nominalMs: number): Promise<void> {
    const { clock } = this.world;
    return clock.sleep(nominalMs / this.options.speed / clock.lasting(1), this.closing.signal);
  }
}

async function listen(running: Running, port: number): Promise<{ readonly origin: string; close(): Promise<void> }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.get("/simulator/purchases", (c) => c.json(running.purchases()));
  app.all("*", async (c) => {
    const request = await readRequest(c);
    const reply = await running.take(request, `http://${c.req.header("host") ?? "127.0.0.1"}`);
    if (typeof reply.body === "string") await running.lag();
    return running.deliver(reply, c.env, request.path);
  });
  // A broken-off upload is the client's affair; anything else is a bug of ours and must be seen.
  app.onError((error, c) => c.text(error.stack ?? error.message, 500));

  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, port, hostname: "127.0.0.1" }, ({ port: bound }) => {
      const close = () =>
        new Promise<void>((closed) => {
          server.close(() => closed());
          if ("closeAllConnections" in server) server.closeAllConnections();
        });
      resolve({ origin: `http://127.0.0.1:${bound}`, close });
    });
    server.once("error", reject);
  });
}

async function readRequest(c: Context<{ Bindings: HttpBindings }>): Promise<SimulatorRequest> {
  const url = new URL(c.req.url);
  const isForm = (c.req.header("content-type") ?? "").startsWith("multipart/form-data");
  return {
    method: c.req.method,
    path: decodeURIComponent(url.pathname),
    query: Object.fromEntries(url.searchParams),
    headers: flat(c.env.incoming.headers),
    body: isForm ? await readForm(c) : await c.req.text(),
  };
}

async function readForm(c: Context): Promise<UploadForm | string> {
  try {
    const form = await c.req.formData();
    const entries = [...form.entries()];
    const file = entries.find(([name, value]) => name === "file" && typeof value !== "string")?.[1];
    const fields = entries.flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : []));
    return {
      fields: Object.fromEntries(fields),
      file: file instanceof Blob ? { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) } : undefined,
    };
  } catch {
    return ""; // a body that is no form is a missing form
  }
}
