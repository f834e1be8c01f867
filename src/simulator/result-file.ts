import { createHash } from "node:crypto";
import { takeOf } from "./clip.ts";
import type { Asked, Reply, ServedFile } from "./exchange.ts";
import { type Job, lastingMs, type State, taskById } from "./state.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** Where a finished job's files lie. */
export interface Addresses {
  readonly results: readonly string[];
  readonly full: readonly string[] | null;
  /** before cropping; only where the ratio is not 16:9 */
  readonly origins: readonly string[] | null;
  readonly stills: readonly string[];
}

/** Addresses of a job that was made. Real names carry seconds two before the completion's. */
export function addressesOf(origin: string, job: Job): Addresses {
  if (!job.settled) throw new RangeError(`${job.name} is not finished and has no files`);
  const stamp = Math.floor(job.settled.at / 1000) - 2;
  if (job.kind === "upgrade") {
    const base = `${origin}/p/${job.of}_${stamp}${job.resolution === "4k" ? "_4k" : ""}`;
    return { results: [`${base}.mp4`], full: null, origins: null, stills: [`${base}.jpg`] };
  }
  const base = `${origin}/v/${job.taskId}_${stamp}`;
  const empty = job.fate.end === "made" && job.fate.empty;
  return {
    results: empty ? [] : [`${base}.mp4`],
    full: job.whole ? [`${base}_full.mp4`] : null,
    origins: job.ratio === "16:9" ? null : [`${base}_origin.mp4`],
    stills: [`${base}.jpg`],
  };
}

const FILE_PATH = /^\/(v|p)\/([^/]+?)_(\d+)(?:_(4k|full|origin))?\.(mp4|jpg)$/;

/** What lies at a path of ours: a file and the job it belongs to; undefined for a path that was never handed out. */
function fileAt(state: State, path: string): { readonly served: ServedFile; readonly job: Job } | undefined {
  const match = FILE_PATH.exec(path);
  const id = match?.[2];
  if (!match || id === undefined) return undefined;
  const [, folder, , stamp, part, ending] = match;
  const job = folder === "v" ? taskById(state, id) : state.jobs.get(`${id}/${part === "4k" ? "4k" : "1080p"}/0`);
  if (job?.settled?.end !== "made" || Math.floor(job.settled.at / 1000) - 2 !== Number(stamp)) return undefined;
  const as = ending === "jpg" ? "jpg" : "mp4";
  const mediaType = as === "jpg" ? "image/jpeg" : "video/mp4";
  const clip =
    part === "full" && job.kind !== "upgrade"
      ? job.whole
      : part === "origin"
        ? ({ ...takeOf(job.clip), orientation: "wide" } as const)
        : job.clip;
  return clip ? { served: { file: { clip, as }, mediaType }, job } : undefined;
}

/** Answers a GET outside the endpoints: a result file, an upload, or nothing. Needs no key. */
export function serveFile(asked: Pick<Asked, "state" | "request" | "now" | "fault">): Pick<Reply, "status" | "body"> {
  const { state, request, now } = asked;
  const { switches } = state.plan;
  const upload = state.uploads.get(request.path);
  if (upload) {
    const alive = now - upload.at < lastingMs(state, switches.uploadHours * 3_600_000);
    if (!alive) return { status: switches.goneStatus, body: "gone" };
    return { status: 200, body: { file: { upload: upload.sha256 }, mediaType: upload.mediaType } };
  }
  const found = fileAt(state, request.path);
  if (!found) return { status: 404, body: "not found" };
  const age = now - (found.job.settled?.at ?? now);
  if (age > lastingMs(state, switches.fileDays * DAY_MS)) return { status: switches.goneStatus, body: "gone" };
  const { expires, signature } = request.query;
  if (signature !== undefined || expires !== undefined) {
    const holds = signature === sign(state, request.path, Number(expires)) && now < Number(expires);
    return holds ? { status: 200, body: found.served } : { status: 403, body: "Request has expired" };
  }
  if (asked.fault === "forbidden") return { status: 403, body: "Forbidden" };
  return { status: 200, body: found.served };
}

/** A link to the same file that works for a while and then no more, as storage hosts give them out. */
export function freshLink(state: State, url: string, origin: string, now: number): string | undefined {
  const path = URL.canParse(url) ? new URL(url).pathname : "";
  if (!fileAt(state, path)) return undefined;
  const expires = Math.round(now + lastingMs(state, state.plan.switches.linkMinutes * MINUTE_MS));
  return `${origin}${path}?expires=${expires}&signature=${sign(state, path, expires)}`;
}

function sign(state: State, path: string, expires: number): string {
  return createHash("sha256").update(`${state.seed} ${path} ${expires}`).digest("hex");
}
