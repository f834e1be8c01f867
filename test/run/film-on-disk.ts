import { copyFile, link, mkdir } from "node:fs/promises";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { applyEvent, findTake, foldEvents } from "../../src/ledger/batch-state.ts";
import type { LedgerEvent } from "../../src/ledger/event.ts";
import type { Ledger } from "../../src/ledger/ledger.ts";
import { openLedger } from "../../src/ledger/open-ledger.ts";
import { type Manifest, parentOf } from "../../src/manifest/manifest.ts";
import { readManifest } from "../../src/manifest/read-manifest.ts";
import type { Media } from "../../src/media/media.ts";
import { type FilmPlan, planFilm, planWithStandIns } from "../../src/plan/film.ts";
import { hashRequest, requestOf } from "../../src/plan/request.ts";
import { clipFile, readShelf } from "../../src/plan/shelf.ts";
import { standingsOf } from "../../src/plan/standing.ts";
import { NO_WISH } from "../../src/plan/view.ts";
import { VEO_PRICES } from "../../src/provider/price-table.ts";
import { join as joinFilm } from "../../src/run/join.ts";
import { openLanes } from "../../src/run/lanes.ts";
import { openRecorder } from "../../src/run/recorder.ts";
import type { StepResult } from "../../src/run/step-result.ts";
import type { FilmFigures } from "../../src/shot/film-figures.ts";
import type { FrameRate } from "../../src/shot/frame-rate.ts";
import type { Sha256, TaskId } from "../../src/shot/id.ts";
import type { PixelSize } from "../../src/shot/resolution.ts";
import { isProcessAlive, processIdentity } from "../../src/world/process-identity.ts";
import { openChance } from "../../src/world/system-chance.ts";
import { openClock } from "../../src/world/system-clock.ts";
import { openHttp } from "../../src/world/undici-http.ts";
import { world } from "../media/studio.ts";

/** A file that is to be the first take of a shot. */
export interface ClipOnDisk {
  readonly path: string;
  readonly frames: number;
  readonly rate: FrameRate;
  readonly size: PixelSize;
}

/** What came of a join. */
export interface JoinedOnDisk {
  readonly result: StepResult;
  readonly film: FilmPlan;
  readonly path: string;
  /** undefined: it was not joined */
  readonly figures: FilmFigures | undefined;
}

/** A manifest with clips that nobody had to buy: what `join` finds after a run. */
export interface BatchOnDisk {
  readonly folder: string;
  readonly manifestPath: string;
  readonly batchFolder: string;
}

/**
 * Puts a manifest and a clip of each of its shots below a folder and writes the ledger as their purchase would have. All
 * are filed as 720p: a sequence of another `size` takes them as they are.
 */
export async function putOnDisk(
  folder: string,
  yaml: string,
  clips: ReadonlyMap<string, ClipOnDisk | "missing">,
): Promise<BatchOnDisk> {
  const manifestPath = join(folder, "film.yaml");
  await world.files.write(manifestPath, yaml);
  const manifest = await manifestAt(manifestPath, folder);
  const batchFolder = join(folder, "output", manifest.name);
  const events: LedgerEvent[] = [];
  let state = foldEvents([]);
  for (const shot of manifest.shots) {
    const clip = clips.get(shot.id);
    if (!clip) throw new Error(`no clip for shot ${shot.id}`);
    if (clip === "missing") continue;
    const resolution = "720p";
    const file = clipFile(shot.id, 1, resolution);
    const path = join(batchFolder, file);
    await mkdir(dirname(path), { recursive: true });
    await link(clip.path, path).catch(() => copyFile(clip.path, path));
    const parent = parentOf(shot);
    const request = requestOf(shot, parent && findTake(state, parent, 1));
    const about = { shot: shot.id, take: 1 } as const;
    const token = `${events.length}`.padStart(32, "0");
    const task = `task-${shot.id}` as TaskId;
    const { frames, rate: frameRate, size } = clip;
    const bytes = (await world.files.stat(path))?.bytes ?? 0;
    const sha256 = (await world.files.sha256(path)) as Sha256;
    const life: readonly LedgerEvent[] = [
      { event: "submitting", ...about, token, request, requestHash: hashRequest(request), credits: 60 },
      { event: "submitted", ...about, task },
      { event: "made", ...about, urls: [], fullUrls: [], seed: null, upgradable: true, tookMs: 1 },
      { event: "downloaded", ...about, resolution, bytes },
      { event: "checked", ...about, resolution, file, bytes, sha256, frames, frameRate, size, problem: null },
    ];
    state = life.reduce((before, event) => applyEvent(before, { seq: 0, at: 0, event }), state);
    events.push(...life);
  }
  const ledger = await ledgerOf(folder);
  try {
    await ledger.append(manifest.name, events);
  } finally {
    await ledger.close();
  }
  return { folder, manifestPath, batchFolder };
}

/**
 * Joins the batch's first film as `callsheet join` does, in a size that no film of people has: small clips can then be
 * copied like large ones.
 *
 * @param size - of the film; default what the plan says
 * @param leave - as a run is left; default never
 */
export async function joinOnDisk(
  batch: BatchOnDisk,
  media: Media,
  size?: PixelSize,
  leave = new AbortController().signal,
): Promise<JoinedOnDisk> {
  const manifest = await manifestAt(batch.manifestPath, batch.folder);
  const ledger = await ledgerOf(batch.folder);
  const clock = openClock(1);
  const http = openHttp(clock);
  try {
    const state = foldEvents(await ledger.load(manifest.name));
    const shelf = await readShelf(world.files, batch.batchFolder, state);
    const view = { manifest, state, shelf, prices: VEO_PRICES, wish: NO_WISH };
    const [sequence] = manifest.sequences;
    const standings = standingsOf(view);
    const planned = sequence && (planFilm(sequence, view, standings) ?? planWithStandIns(sequence, view, standings));
    if (!planned) throw new Error("the film cannot be planned: a clip is missing");
    const film = size ? { ...planned, size } : planned;
    const watch = () => undefined;
    const { batchFolder } = batch;
    const context = { world: { ...world, clock, chance: openChance(), http }, media, batchFolder, watch, leave };
    const recorder = openRecorder({ ledger, manifest, watch }, view);
    const lanes = openLanes(cpus().length);
    const step = { kind: "join", sequence: film.sequence, film, why: "clips or cut changed" } as const;
    const result = await joinFilm(step, context, { recorder, lanes });
    const { figures } = recorder.view().state.films.get(film.sequence) ?? {};
    return { result, film, path: join(batchFolder, film.file), figures };
  } finally {
    await ledger.close();
    await http.close();
  }
}

async function manifestAt(path: string, cwd: string): Promise<Manifest> {
  const read = await readManifest(path, world, { cwd });
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join("\n"));
  return read.value;
}

function ledgerOf(folder: string): Promise<Ledger> {
  const paths = { path: join(folder, "output/ledger.db"), accountPath: join(folder, "state/account.db") };
  const me = { identity: processIdentity(), isAlive: isProcessAlive, create: true };
  return openLedger({ ...paths, ...me }, { clock: openClock(1), chance: openChance() });
}
