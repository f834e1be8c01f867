import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { type BatchState, creditsSpent, foldEvents } from "../../src/ledger/batch-state.ts";
import type { AccountState, DaySpending } from "../../src/ledger/ledger.ts";
import { openLedger } from "../../src/ledger/open-ledger.ts";
import type { BatchName } from "../../src/shot/id.ts";
import { processIdentity } from "../../src/world/process-identity.ts";
import { openChance } from "../../src/world/system-chance.ts";
import { openClock } from "../../src/world/system-clock.ts";
import { openStudio, type Ran, type Studio } from "../cli/studio.ts";

/** Everything that costs money, and all that a take can be made from: each size, both kinds of children, two takes. */
const MANIFEST = `
name: film
shots:
  - { id: a, prompt: A harbour }
  - { id: b, prompt: A keeper, resolution: 1080p, takes: 2 }
  - { id: c, prompt: A hall, resolution: 4k, follows: a }
  - { id: d, prompt: A storm, extends: a }
sequences:
  - { id: film, shots: [a, d] }
`;
const BATCH = "film" as BatchName;
/** What an uninterrupted run buys, and what its film is made of. */
const WANTED = ["1080p of A keeper", "4k of A hall", "A hall", "A harbour", "A keeper", "A keeper", "A storm"];
const FILM = ["a", "d"];
const FRAMES = FILM.length * 192;
/** Tasks take a moment, so that a run is over before anybody has looked away. */
const FAULTS =
  "switches: { fast: [1, 4], extension: [1, 4], upgrade1080p: [1, 4], upgrade4k: [1, 4], rateWindowMs: 1000 }";
const SPEED = 600;
const POINTS = pathToFileURL(join(import.meta.dirname, "crash-points.mjs")).href;
/** Every run settles what it finds; more of them than this and it does not come to an end. */
const MOST_RESTARTS = 10;

/** Where a run died, or how many points it passed. */
interface Kill {
  readonly at: number;
  /** what was about to happen or had just happened */
  readonly moment: string;
}

export interface Crashed {
  /** those that took place; a point that a run never reached is none */
  readonly kills: readonly Kill[];
  /** that the last run passed */
  readonly points: number;
  /** purchases that a kill left unanswered, each settled as a person would: by the vendor's own list */
  readonly adopted: number;
  readonly forgotten: number;
}

/** Counts the points of a run that nobody interrupts, and judges it by the same measure as all others. */
export function countPoints(): Promise<number> {
  return onStage(async (studio) => {
    const ran = await runUntil(studio, 0);
    await judge(studio, ran);
    return ran.kill.at;
  });
}

/**
 * Runs the batch and ends it with SIGKILL at each of the given points, one run a point, then runs it until it is done.
 *
 * @param points - the first of a run is 1
 * @throws when something was bought twice, is lost, left behind or wrongly counted: with every kill and what was said
 */
export function crashAt(points: readonly number[]): Promise<Crashed> {
  return onStage(async (studio) => {
    const kills: Kill[] = [];
    try {
      return await crashAndGoOn(studio, points, kills);
    } catch (cause) {
      const died = kills.map(({ at, moment }) => `${at} (${moment})`).join(", ");
      throw new Error(`points ${points.join(", ")}, killed at ${died}: ${(cause as Error).message}`, { cause });
    }
  });
}

async function crashAndGoOn(studio: Studio, points: readonly number[], kills: Kill[]): Promise<Crashed> {
  let settled: Settled = { adopted: 0, forgotten: 0 };
  const left = [...points];
  for (let restart = 0; restart <= points.length + MOST_RESTARTS; restart += 1) {
    const point = left.shift();
    const ran = await runUntil(studio, point ?? 0);
    if (ran.exitCode === null) {
      kills.push(ran.kill);
    } else if (ran.exitCode === 4) {
      settled = add(settled, await settleUnconfirmed(studio));
    } else {
      await judge(studio, ran);
      return { kills, points: ran.kill.at, ...settled };
    }
  }
  throw new Error(`not done after ${MOST_RESTARTS} runs that nobody interrupted`);
}

/** A folder and a vendor of its own, gone when the work is done. */
async function onStage<T>(work: (studio: Studio) => Promise<T>): Promise<T> {
  const undo: (() => Promise<void>)[] = [];
  const studio = await openStudio((tidy) => undo.push(tidy), { faults: FAULTS, speed: SPEED });
  try {
    await studio.write("film.yaml", MANIFEST);
    return await work(studio);
  } finally {
    for (const tidy of undo) await tidy();
  }
}

/** @param point - 0: never */
async function runUntil(studio: Studio, point: number): Promise<Ran & { readonly kill: Kill }> {
  const told = join(studio.folder, "told");
  const environment = { NODE_OPTIONS: `--import=${POINTS}`, CRASH_AT: `${point}`, CRASH_TOLD: told };
  const args = ["run", "film.yaml", "--speed", `${SPEED}`];
  const ran = await studio.start(args, environment).ended;
  const [, at = "0", moment = ""] = /^(\d+) (.*)$/.exec(await readFile(told, "utf8").catch(() => "")) ?? [];
  return { ...ran, kill: { at: Number(at), moment } };
}

/** Does what the message of exit code 4 asks of a person: looks the task up at the vendor's, then `adopt` or `forget`. */
async function settleUnconfirmed(studio: Studio): Promise<Settled> {
  const before = studio.bought().length;
  let settled: Settled = { adopted: 0, forgotten: 0 };
  for (;;) {
    const { state } = await readLedger(studio);
    const takes = [...state.takes.values()].flat();
    const open = takes.find(({ purchase }) => purchase === "unconfirmed");
    if (!open) break;
    const known = new Set(takes.map(({ task }) => task as string | undefined));
    const { tasks } = studio.vendor.purchases();
    const found = tasks.find(({ prompt, task }) => prompt === open.request.prompt && !known.has(task));
    const take = ["--take", `${open.number}`];
    const ran = found
      ? await studio.callsheet("adopt", "film.yaml", open.shot, found.task, ...take)
      : await studio.callsheet("forget", "film.yaml", open.shot, ...take);
    if (ran.exitCode !== 0) throw new Error(saidBy(ran));
    settled = add(settled, found ? { adopted: 1, forgotten: 0 } : { adopted: 0, forgotten: 1 });
  }
  if (settled.adopted + settled.forgotten === 0) throw new Error("exit code 4, and nothing is unconfirmed");
  expectSame("bought while settling", studio.bought().length, before);
  return settled;
}

async function judge(studio: Studio, ran: Ran): Promise<void> {
  expectSame(`exit code of ${saidBy(ran)}`, ran.exitCode, 0);
  expectSame("bought", studio.bought().toSorted(), WANTED);
  const vendor = studio.vendor.purchases();
  const { state, account, spending } = await readLedger(studio);
  const takes = [...state.takes.values()].flat();
  expectSame("tasks of the ledger", tasksOf(takes), tasksOf(vendor.tasks.filter(({ kind }) => kind !== "upgrade")));
  expectSame("credits by the ledger", creditsSpent(state), vendor.spent);
  const counted = spending.reduce((sum, { credits }) => sum + credits, 0);
  expectSame("credits that count against the caps", counted, vendor.spent);
  expectSame("places among the running", account.running, 0);
  await judgeFiles(studio, state);
  await judgeFilm(studio);
}

function tasksOf(list: readonly { readonly task: string | undefined }[]): readonly string[] {
  return list.flatMap(({ task }) => task ?? []).toSorted();
}

/** Every file is one that was meant to stay. */
async function judgeFiles(studio: Studio, state: BatchState): Promise<void> {
  const output = await readdir(join(studio.folder, "output"), { recursive: true });
  const account = await readdir(join(studio.folder, "state"), { recursive: true });
  // What a killed process left of a ledger or a log it was making is spared for a minute: it may be another one's.
  const batchOrAccount = [...output.filter((name) => !name.startsWith("log/")), ...account];
  const foreign = batchOrAccount.filter((name) => /\.part|\.tmp$|-mj|\.rejected|\.changed/.test(name));
  expectSame("files left behind", foreign, []);
  const takes = [...state.takes.values()].flat().filter(({ purchase }) => purchase === "made");
  const clips = takes.flatMap(({ files }) => [...files.values()]);
  const described = takes.map(({ shot, number }) => `film/clips/${shot}/take-${number}.json`);
  const descriptions = output.filter((name) => /^film\/clips\/.*\.json$/.test(name));
  expectSame("descriptions of takes", descriptions.toSorted(), described.toSorted());
  const checked = clips.flatMap((file) => (file.state === "checked" ? [file.file] : []));
  expectSame("clips by the ledger", checked.length, clips.length);
  const present = output.filter((name) => name.endsWith(".mp4") && name.startsWith("film/clips/"));
  expectSame("clips", present.toSorted(), checked.map((file) => `film/${file}`).toSorted());
}

/** The film is its clips, packet for packet and in order; one that was half joined would not be. */
async function judgeFilm(studio: Studio): Promise<void> {
  const batch = join(studio.folder, "output/film");
  const summary = await studio.summary("film");
  expectSame("state", [summary.state, summary.sequences[0]?.frames], ["complete", FRAMES]);
  // A purchase that was forgotten leaves its number behind, so not every clip is of take 1.
  const takeOf = (id: string) => summary.shots.find((shot) => shot.id === id)?.take;
  const files = FILM.map((id) => `clips/${id}/take-${takeOf(id)}.720p.mp4`);
  const [film, ...clips] = await Promise.all(
    ["films/film.mp4", ...files].map((path) => packetsOf(studio, join(batch, path))),
  );
  expectSame("packets of the film", film, clips.flat());
  expectSame("frames of the film", film?.length, FRAMES);
}

/** A hash for every picture packet, by ffmpeg itself. */
async function packetsOf({ tools }: Studio, path: string): Promise<readonly string[]> {
  const args = ["-v", "error", "-i", path, "-map", "0:v", "-c", "copy", "-f", "framemd5", "-"];
  const { stdout } = await promisify(execFile)(tools.ffmpeg, args);
  const lines = stdout.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return lines.map((line) => line.split(",").at(-1)?.trim() ?? "");
}

async function readLedger(
  studio: Studio,
): Promise<{ state: BatchState; account: AccountState; spending: readonly DaySpending[] }> {
  const state = join(studio.folder, "state/callsheet");
  const [account = ""] = (await readdir(state)).filter((name) => name.endsWith(".db"));
  const options = {
    path: join(studio.folder, "output/ledger.db"),
    accountPath: join(state, account),
    identity: processIdentity(),
    isAlive: () => false,
    create: false,
  };
  const ledger = await openLedger(options, { clock: openClock(SPEED), chance: openChance() });
  try {
    return {
      state: foldEvents(await ledger.load(BATCH)),
      account: await ledger.account(),
      spending: await ledger.spending(),
    };
  } finally {
    await ledger.close();
  }
}

type Settled = Pick<Crashed, "adopted" | "forgotten">;

function add(a: Settled, b: Settled): Settled {
  return { adopted: a.adopted + b.adopted, forgotten: a.forgotten + b.forgotten };
}

function expectSame(what: string, found: unknown, wanted: unknown): void {
  const [is, should] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (is !== should) throw new Error(`${what}: ${is?.slice(0, 600)} instead of ${should?.slice(0, 600)}`);
}

function saidBy(ran: Ran): string {
  return `exit code ${ran.exitCode}\n${ran.stdout}${ran.stderr}`;
}
