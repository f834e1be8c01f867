import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { balanceOf } from "../../../src/cli/balance.ts";
import { Refusal } from "../../../src/cli/exit.ts";
import { fundsOf } from "../../../src/cli/funds.ts";
import { prepareBatch } from "../../../src/cli/prepare-batch.ts";
import { type BatchEnd, runBatch } from "../../../src/cli/run-batch.ts";
import type { Session } from "../../../src/cli/session.ts";
import type { Settings } from "../../../src/cli/settings.ts";
import { foldEvents } from "../../../src/ledger/batch-state.ts";
import type { LedgerEvent } from "../../../src/ledger/event.ts";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import { openLedger } from "../../../src/ledger/open-ledger.ts";
import type { Manifest } from "../../../src/manifest/manifest.ts";
import { isComplete } from "../../../src/plan/shot-status.ts";
import { stepKey } from "../../../src/plan/step.ts";
import { readCallback } from "../../../src/provider/callback.ts";
import { openProvider } from "../../../src/provider/open-provider.ts";
import { withRested } from "../../../src/report/summary.ts";
import { tokenIn } from "../../../src/run/callback-address.ts";
import { type CallbackExchange, openCallbackExchange } from "../../../src/run/callbacks.ts";
import type { News } from "../../../src/run/news.ts";
import type { ShotId, TaskId } from "../../../src/shot/id.ts";
import { draw, drawHex } from "../../../src/simulator/draw.ts";
import type { Chance } from "../../../src/world/chance.ts";
import type { ProcessIdentity } from "../../../src/world/process-identity.ts";
import { manifestFor } from "./batch-manifest.ts";
import type { BatchRecord, History, JoinRecord, RunRecord, Standing } from "./history.ts";
import { openMemoryMedia, readReel } from "./memory-clip.ts";
import { openMemoryFiles } from "./memory-files.ts";
import { MemoryVendor, ORIGIN } from "./memory-vendor.ts";
import { Mortal, type Stop } from "./mortal.ts";
import type { Schedule } from "./schedule.ts";
import { openVirtualTime, StandsStill, type VirtualTime, type WallClock } from "./virtual-time.ts";

/** Early in the day, so that no midnight comes between. */
const MORNING = new Date(2026, 10, 21, 5).getTime();
/** A run of twelve shots behind one another, each of which takes as long as anything can, ends in less. */
const LONGEST_RUN_MS = 40 * 3_600_000;
const LONGEST_ON_THE_WAY_MS = 5 * 60_000;
/** Runs of one command after another until nothing is left to do; more are never needed. */
const MOST_RECOVERIES = 6;
/** Problems of takes that a run waited for in vain. */
const GIVEN_UP = ["still-generating", "task-unclear", "task-unknown"];
/** Problems that no waiting mends: only force buys these shots again. */
const FOR_FORCE = ["clip-unusable", "task-unclear"];
/** Where the ledgers lie while a schedule is played: memory, where the system has such a place. */
const FAST_DISK = process.platform === "linux" ? "/dev/shm" : (process.env["TMPDIR"] ?? "/tmp");

/** Plays a schedule with the real run loop, ledger and provider, and tells what happened. */
export async function play(schedule: Schedule): Promise<History> {
  const folder = await mkdtemp(join(FAST_DISK, "callsheet-model-"));
  const time = openVirtualTime(MORNING);
  const stage = new Stage(schedule, folder, time);
  try {
    return await stage.play();
  } finally {
    await stage.close();
    time.end();
    await rm(folder, { recursive: true, force: true });
  }
}

interface RunPlan {
  readonly batch: number;
  readonly stop: Stop | undefined;
  readonly retryFailed: boolean;
  /** asked when the run begins */
  readonly force: readonly ShotId[];
  readonly isRecovery: boolean;
}

/** A machine with one disk and one clock, on which one process after another runs. */
class Stage {
  private readonly vendor: MemoryVendor;
  private readonly disk = new Map<string, Uint8Array>();
  private readonly wall: WallClock = { aheadMs: 0 };
  private readonly setForwardAt: number[] = [];
  private readonly runs: RunRecord[] = [];
  private readonly ends: BatchEnd[] = [];
  private readonly opened: Ledger[] = [];
  private readonly living = new Set<number>();
  private readonly listening = new Map<Mortal, CallbackExchange>();
  private readonly joins: JoinRecord[] = [];
  private readonly manifests: readonly Manifest[];
  private processes = 0;
  private callbacks = 0;

  constructor(
    private readonly schedule: Schedule,
    private readonly folder: string,
    private readonly time: VirtualTime,
  ) {
    this.vendor = new MemoryVendor(schedule, time, (url, body) => this.receive(url, body));
    this.manifests = schedule.batches.map((batch, index) => manifestFor(batch, index, schedule.dayCap));
  }

  async play(): Promise<History> {
    const batches = this.manifests.map((_, batch) => batch);
    for (const { retryFailed, forces, stops, clockSet } of this.schedule.rounds) {
      if (clockSet) this.time.after(clockSet.afterMs, () => this.setClock(clockSet.byMs));
      await this.together(
        batches.map((batch) => ({
          batch,
          stop: stops[batch] ?? undefined,
          retryFailed,
          force: forces ? this.shotsWith(batch, GIVEN_UP) : [],
          isRecovery: false,
        })),
      );
    }
    await this.rest();
    const troubled = await this.standing();
    this.vendor.recover();
    for (let round = 0; round < MOST_RECOVERIES; round += 1) {
      await this.together(
        batches.map((batch) => ({
          batch,
          stop: undefined,
          retryFailed: true,
          force: this.shotsWith(batch, FOR_FORCE),
          isRecovery: true,
        })),
      );
      if (round === 0) await this.settleDoubts();
      else if (batches.every((batch) => this.isComplete(batch))) break;
    }
    const records = this.manifests.map((manifest, batch): BatchRecord => {
      const end = this.ends[batch];
      const reel = (file: string) => {
        const bytes = this.disk.get(join(this.folder, manifest.name, file));
        return bytes && readReel(bytes);
      };
      return { manifest, shots: end ? withRested(end.shots, end.outcome.rested) : [], films: end?.films ?? [], reel };
    });
    const { arrivals } = this.vendor;
    return {
      arrivals,
      runs: this.runs,
      batches: records,
      setForwardAt: this.setForwardAt,
      joins: this.joins,
      callbacks: this.callbacks,
      troubled,
      end: await this.standing(),
    };
  }

  async close(): Promise<void> {
    for (const ledger of this.opened) await ledger.close().catch(() => undefined);
  }

  /** What the dead have sent arrives, long before a person comes and looks. */
  private async rest(): Promise<void> {
    const morning = new Promise<void>((come) => this.time.after(LONGEST_ON_THE_WAY_MS, come));
    await this.time.pass(morning, () => false, LONGEST_ON_THE_WAY_MS);
  }

  private setClock(byMs: number): void {
    this.wall.aheadMs += byMs;
    if (byMs > 0) this.setForwardAt.push(this.time.now());
  }

  /** Runs at the same time, each in a process of its own. */
  private async together(plans: readonly RunPlan[]): Promise<void> {
    const mortals = plans.map(({ stop }) => new Mortal(stop));
    const began = this.time.now();
    const records = new Map<number, RunRecord>();
    const all = plans.map(async (plan, index) => {
      const mortal = mortals[index] as Mortal;
      const record = await this.live(plan, mortal);
      records.set(index, { ...record, tookMs: this.time.now() - began, doings: mortal.doings });
    });
    const isBusy = () => mortals.some((mortal) => mortal.isBusy());
    let why = "it did not end in time";
    try {
      await this.time.pass(Promise.all(all), isBusy, LONGEST_RUN_MS);
    } catch (error) {
      if (!(error instanceof StandsStill)) throw error;
      why = error.message;
    }
    plans.forEach((plan, index) => {
      mortals[index]?.die();
      const endless = { ...this.recordOf(plan, mortals[index] as Mortal), end: "endless", why } as const;
      this.runs.push(
        records.get(index) ?? { ...endless, tookMs: this.time.now() - began, doings: mortals[index]?.doings ?? 0 },
      );
    });
    this.living.clear();
    this.listening.clear();
  }

  /** What comes in for us reaches every process that lives; of those to which the address says nothing, none stirs. */
  private receive(url: string, body: string): void {
    this.callbacks += 1;
    const token = tokenIn(new URL(url).pathname);
    const callback = readCallback(body);
    if (token === undefined || !callback) throw new Error(`the vendor posted ${body} to ${url}`);
    for (const [mortal, exchange] of this.listening) {
      if (mortal.isDead) continue;
      for (const task of callback.tasks) exchange.offer({ token, task, says: callback.says });
    }
  }

  /** Looks at each film as it is joined, with all that was known then. */
  private witness({ batch }: RunPlan, run: string): (news: News) => void {
    const rested = new Set<string>();
    let isStopped = false;
    return (news) => {
      if (news.news === "resting") rested.add(stepKey(news.step));
      if (news.news === "buying-stopped") isStopped = true;
      if (news.news !== "recorded" || news.recorded.event.event !== "joined") return;
      const { name } = this.manifests[batch] as Manifest;
      const bytes = this.disk.get(join(this.folder, name, news.recorded.event.file));
      const shows = bytes && readReel(bytes)?.shows.map(({ task }) => task);
      const { state } = news.view;
      this.joins.push({ batch, run, state, shows: shows ?? [], rested: new Set(rested), isStopped });
    };
  }

  private recordOf({ batch, retryFailed, force, isRecovery }: RunPlan, mortal: Mortal) {
    const { budget } = this.manifests[batch] as Manifest;
    const caps = isRecovery
      ? { run: undefined, day: undefined }
      : { run: budget.run?.credits, day: budget.day?.credits };
    const run = `run-${this.processes}`;
    const wasDrained = mortal.drain.signal.aborted;
    return {
      run,
      batch,
      isRecovery,
      caps,
      wasDrained,
      renews: retryFailed || force.length > 0,
      leftUndone: 0,
      why: "",
    };
  }

  private async live(plan: RunPlan, mortal: Mortal): Promise<Omit<RunRecord, "tookMs" | "doings">> {
    const pid = ++this.processes;
    const { run } = this.recordOf(plan, mortal);
    const record = () => ({ ...this.recordOf(plan, mortal), run });
    this.living.add(pid);
    const manifest = this.manifests[plan.batch] as Manifest;
    const wanted = plan.isRecovery ? { ...manifest, budget: {} } : manifest;
    const signals = {
      drain: mortal.drain.signal,
      leave: mortal.leave.signal,
      exitCode: () => undefined,
      release: () => {},
    };
    const session = await this.open(pid, run, mortal);
    const command = async (): Promise<BatchEnd> => {
      const { retryFailed, force } = plan;
      const prepared = await prepareBatch({ manifest: wanted, session }, { retryFailed, force }, SETTINGS);
      const fund = (await fundsOf([prepared], balanceOf)).get(prepared);
      if (!fund) throw new Error("a batch without a fund");
      const callbacks = this.schedule.callbacks && openCallbackExchange(`${ORIGIN}/hear`);
      if (callbacks) this.listening.set(mortal, callbacks);
      const watch = this.witness(plan, run);
      return runBatch(prepared, fund, { settings: SETTINGS, signals, run, cores: 2, callbacks, watch });
    };
    try {
      const end = await Promise.race([command(), mortal.died]);
      if (end === "died") {
        this.living.delete(pid);
        return {
          ...record(),
          end: mortal.isSpinning ? "endless" : "died",
          why: mortal.isSpinning ? "it goes round in circles" : "",
        };
      }
      this.ends[plan.batch] = end;
      const { stopped, keyProblem, left } = end.outcome;
      const isDisturbed = stopped || keyProblem || mortal.drain.signal.aborted;
      return { ...record(), end: "ended", leftUndone: isDisturbed ? 0 : left.length };
    } catch (error) {
      const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return { ...record(), end: error instanceof Refusal ? "refused" : "threw", why };
    }
  }

  private async open(pid: number, run: string, mortal: Mortal): Promise<Session> {
    const clock = this.time.clock(this.wall);
    const chance = this.chanceOf(pid);
    const files = openMemoryFiles(this.disk);
    const day = () => new Date(clock.now()).toDateString();
    const ports = mortal.wrap({
      clock,
      chance,
      files,
      http: this.vendor.connect({ run, day }),
      ledger: await this.openLedger(pid),
      media: openMemoryMedia(files),
    });
    const { ledger, media, ...world } = ports;
    const unused = () => {
      throw new Error("the model starts no programs");
    };
    return {
      world: { ...world, processes: { run: unused }, render: unused } as unknown as Session["world"],
      output: { path: this.folder, isNew: false },
      ledger,
      account: "one",
      provider: openProvider({ apiUrl: ORIGIN, uploadUrl: ORIGIN, key: "key" }, world),
      media,
      tools: { tools: undefined, tried: [], missing: () => [] },
      close: async () => {},
    };
  }

  private async openLedger(pid: number): Promise<Ledger> {
    const identity: ProcessIdentity = { host: "model", bootId: "1", pidNamespace: "", pid, processStartTime: "" };
    const options = {
      path: join(this.folder, "ledger.db"),
      accountPath: join(this.folder, "account.db"),
      identity,
      isAlive: (other: ProcessIdentity) => this.living.has(other.pid),
      create: true,
    };
    const ledger = await openLedger(options, { clock: this.time.clock(this.wall), chance: this.chanceOf(pid) });
    this.opened.push(ledger);
    return ledger;
  }

  private chanceOf(pid: number): Chance {
    let drawn = 0;
    const next = () => `${pid} ${++drawn}`;
    return {
      number: () => draw(this.schedule.seed, next()),
      token: () => drawHex(this.schedule.seed, `token ${next()} ${this.opened.length}`, 32),
    };
  }

  private async standing(): Promise<Standing> {
    const ledger = await this.openLedger(++this.processes);
    const events = await Promise.all(this.manifests.map(({ name }) => ledger.load(name)));
    const countedCredits = (await ledger.spending()).reduce((sum, { credits }) => sum + credits, 0);
    const { jobs, charges } = this.vendor.state;
    return { jobs, charges, countedCredits, events };
  }

  /** Shots that the last run of a batch left with such a problem. */
  private shotsWith(batch: number, rules: readonly string[]): readonly ShotId[] {
    const end = this.ends[batch];
    const shots = end ? withRested(end.shots, end.outcome.rested) : [];
    return shots
      .filter(
        ({ state, problem }) => rules.includes(problem?.rule ?? "") && (state === "made" || state === "generating"),
      )
      .map(({ id }) => id);
  }

  private isComplete(batch: number): boolean {
    const end = this.ends[batch];
    if (!end) return false;
    return end.shots.every(isComplete) && end.films.every(({ state }) => state === "joined");
  }

  /** What a person does with `adopt` and `forget`, who reads the vendor's log. */
  private async settleDoubts(): Promise<void> {
    const ledger = await this.openLedger(++this.processes);
    for (const { name } of this.manifests) {
      const takes = [...foldEvents(await ledger.load(name)).takes.values()].flat();
      const owned = new Set(takes.map(({ task }) => task));
      for (const { shot, number, token, purchase, request } of takes) {
        if (purchase !== "unconfirmed" && purchase !== "submitting") continue;
        const found = [...this.vendor.state.jobs.values()].find(
          (job) => job.kind !== "upgrade" && job.prompt === request.prompt && !owned.has(job.taskId as TaskId),
        );
        const about = { shot, take: number };
        const task = found?.taskId as TaskId | undefined;
        owned.add(task);
        const event: LedgerEvent = task ? { event: "adopted", ...about, task } : { event: "forgotten", ...about };
        await ledger.append(name, [event]);
        await ledger.settle(token, task ? "running" : "unbought");
      }
    }
  }
}

const SETTINGS: Settings = {
  apiUrl: ORIGIN,
  uploadUrl: ORIGIN,
  key: "key",
  isLoopback: true,
  speed: 1,
  simulate: false,
  output: undefined,
  stateFolder: "/state",
  proxy: undefined,
  noProxy: undefined,
  webhookKey: undefined,
};
