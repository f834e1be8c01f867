import { createHash } from "node:crypto";
import * as z from "zod";
import type { World } from "../../world/world.ts";
import { CAPABILITIES, type Capability, readCapabilities } from "./capabilities.ts";

/** ffmpeg and ffprobe as they will be used. */
export interface MediaTools {
  readonly ffmpeg: Tool;
  readonly ffprobe: Tool;
}

export interface Tool {
  readonly path: string;
  /** as it names itself: `5.1.9-0+deb12u1` */
  readonly version: string;
  readonly source: ToolSource;
  /** what this build can do, of what we ask for; empty for ffprobe */
  readonly capabilities: readonly Capability[];
}

/** Where a tool was found. */
export type ToolSource = "FFMPEG_PATH" | "FFPROBE_PATH" | "PATH" | "npm";

export interface ToolSearch {
  /** undefined when one of the two was not found */
  readonly tools: MediaTools | undefined;
  readonly tried: readonly TriedTool[];
  /** capabilities that the found ffmpeg lacks; all of them when none was found */
  missing(wanted: readonly Capability[]): readonly Capability[];
}

export interface TriedTool {
  readonly program: "ffmpeg" | "ffprobe";
  readonly source: ToolSource;
  readonly path: string | undefined;
  /** why it was not taken, in words; undefined for the one that was */
  readonly failure: string | undefined;
}

export interface SearchOptions {
  /** binaries that came with npm, see `npmBinaries` */
  readonly npm: { readonly ffmpeg: string | undefined; readonly ffprobe: string | undefined };
  /** a later ffmpeg is preferred to an earlier one that lacks any of these */
  readonly needed?: readonly Capability[];
  /** remembers what each binary can do, so that a second search starts none of them */
  readonly cacheFile?: string;
  /** only what is remembered already is used; default: false */
  readonly leavesNoTrace?: boolean;
}

type Searched = Pick<World, "processes" | "files">;
type Program = TriedTool["program"];

/** Nominal; a large static binary on a cold disk takes seconds to start. */
const START_TIMEOUT_MS = 60_000;

/**
 * Looks for ffmpeg and ffprobe: where the environment points, else on `PATH`, else among the npm packages. A variable that is
 * set and points to nothing that works ends the search: whoever set it wants that build and no other.
 */
export async function findTools(
  environment: Readonly<Record<string, string | undefined>>,
  world: Searched,
  options: SearchOptions,
): Promise<ToolSearch> {
  const cache = await openCache(world, options.cacheFile);
  const tried: TriedTool[] = [];
  const search = async (program: Program, needed: readonly Capability[]) => {
    let best: { tool: Tool; lacks: number; index: number } | undefined;
    for (const candidate of candidates(program, environment, options)) {
      const outcome = await look(program, candidate, environment, world, cache);
      const lacks = "failure" in outcome ? 0 : needed.filter((one) => !outcome.capabilities.includes(one)).length;
      tried.push({
        program,
        source: candidate.source,
        path: candidate.path,
        failure: "failure" in outcome ? outcome.failure : undefined,
      });
      const explicit = candidate.source === "FFMPEG_PATH" || candidate.source === "FFPROBE_PATH";
      if (!("failure" in outcome) && (!best || lacks < best.lacks)) {
        if (best) tried[best.index] = rejected(tried[best.index], "lacks what a later one has");
        best = { tool: outcome, lacks, index: tried.length - 1 };
      } else if (!("failure" in outcome)) {
        tried[tried.length - 1] = rejected(tried.at(-1), "can do no more than one before it");
      }
      if (explicit || best?.lacks === 0) break;
    }
    return best?.tool;
  };
  const ffmpeg = await search("ffmpeg", options.needed ?? CAPABILITIES.required);
  const ffprobe = await search("ffprobe", []);
  if (!options.leavesNoTrace) await cache.save();
  return {
    tools: ffmpeg && ffprobe ? { ffmpeg, ffprobe } : undefined,
    tried,
    missing: (wanted) => wanted.filter((one) => !ffmpeg?.capabilities.includes(one)),
  };
}

/** Names the list of all capabilities that are asked about. */
const CAPABILITIES_ASKED = createHash("sha256")
  .update([...CAPABILITIES.required, ...CAPABILITIES.welcome].join())
  .digest("hex")
  .slice(0, 8);

interface Candidate {
  readonly source: ToolSource;
  /** undefined: the place was looked at and holds nothing */
  readonly path: string | undefined;
}

function candidates(
  program: Program,
  environment: Readonly<Record<string, string | undefined>>,
  options: SearchOptions,
): readonly Candidate[] {
  const variable = program === "ffmpeg" ? "FFMPEG_PATH" : "FFPROBE_PATH";
  if (environment[variable]) return [{ source: variable, path: environment[variable] }];
  return [
    { source: "PATH", path: program },
    { source: "npm", path: options.npm[program] },
  ];
}

async function look(
  program: Program,
  candidate: Candidate,
  environment: Readonly<Record<string, string | undefined>>,
  world: Searched,
  cache: Cache,
): Promise<Tool | { readonly failure: string }> {
  if (candidate.path === undefined) return { failure: "no binary for this platform is installed" };
  const path = candidate.source === "PATH" ? await onPath(program, environment, world) : candidate.path;
  if (path === undefined) return { failure: "not there" };
  const file = await world.files.stat(path);
  if (!file) return { failure: "no such file" };

  // A cache of the days when less was asked knows nothing of what is asked now.
  const stamp = `${path}|${file.changedAt}|${file.bytes}|${CAPABILITIES_ASKED}`;
  const known = cache.entries.get(stamp);
  if (known)
    return { path, source: candidate.source, version: known.version, capabilities: known.capabilities as Capability[] };

  const said = await world.processes.run(path, ["-hide_banner", "-version"], { timeoutMs: START_TIMEOUT_MS });
  const version = new RegExp(`^${program} version (\\S+)`).exec(said.stdout)?.[1];
  if (said.exitCode !== 0 || !version) {
    const why = said.stopped ?? (said.stderr.trim().split("\n").at(-1) || `exit code ${said.exitCode}`);
    return {
      failure: version === undefined && said.exitCode === 0 ? `it is not ${program}` : `it does not start: ${why}`,
    };
  }
  const capabilities = program === "ffmpeg" ? await readCapabilities(path, world, START_TIMEOUT_MS) : [];
  cache.entries.set(stamp, { version, capabilities: [...capabilities] });
  return { path, source: candidate.source, version, capabilities };
}

async function onPath(
  program: Program,
  environment: Readonly<Record<string, string | undefined>>,
  world: Pick<World, "files">,
): Promise<string | undefined> {
  const windows = environment["PATHEXT"] !== undefined;
  const name = windows ? `${program}.exe` : program;
  for (const folder of (environment["PATH"] ?? environment["Path"] ?? "").split(windows ? ";" : ":")) {
    if (folder === "") continue;
    const path = `${folder}/${name}`;
    if ((await world.files.stat(path).catch(() => undefined))?.kind === "file") return path;
  }
  return undefined;
}

function rejected(tool: TriedTool | undefined, failure: string): TriedTool {
  if (!tool) throw new Error("tools: rejected what was never tried");
  return { ...tool, failure };
}

interface Cache {
  readonly entries: Map<string, { readonly version: string; readonly capabilities: readonly string[] }>;
  save(): Promise<void>;
}

const cacheContent = z.record(z.string(), z.object({ version: z.string(), capabilities: z.array(z.string()) }));

/** A cache that cannot be read or written is no cache; nothing depends on it but time. */
async function openCache(world: Pick<World, "files">, path: string | undefined): Promise<Cache> {
  const text = path === undefined ? undefined : await world.files.readText(path).catch(() => undefined);
  const known = cacheContent.safeParse(parseJson(text));
  const entries = new Map(known.success ? Object.entries(known.data) : []);
  const before = entries.size;
  return {
    entries,
    async save() {
      if (path === undefined || entries.size === before) return;
      const text = `${JSON.stringify(Object.fromEntries(entries), null, 1)}\n`;
      // Often the first file in a folder where the account's ledger will lie.
      await world.files.write(path, text, { private: true }).catch(() => {});
    },
  };
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
