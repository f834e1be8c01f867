import { dirname, resolve } from "node:path";
import type { Hook, Manifest } from "../manifest/manifest.ts";
import { judgeAddress } from "../provider/clip-address.ts";
import type { BatchName } from "../shot/id.ts";
import type { Problem } from "../shot/problem.ts";
import { HttpError, type HttpTimeouts } from "../world/http.ts";
import type { World } from "../world/world.ts";
import { backoffMs } from "./backoff.ts";

/** How a run came out, as whoever waits for it is told. */
export interface HookFacts {
  readonly name: BatchName;
  /** as in the summary; `refused`: it ended before it began */
  readonly state: "complete" | "partial" | "stopped" | "refused";
  readonly exitCode: number;
  /** credits of this run, by the ledger */
  readonly spent: number;
  /** absolute path of summary.json; undefined where this run wrote none */
  readonly summary: string | undefined;
  /** absolute paths of the films that are there */
  readonly films: readonly string[];
  /** JSON, one document: the summary, or why there is none */
  readonly document: string;
  /** tells one run from another, so that a receiver can drop what comes twice */
  readonly run: string;
  readonly isSimulated: boolean;
}

export interface HookTerms {
  readonly manifest: Manifest;
  readonly facts: HookFacts;
  /** the API is on this machine, and so may the webhook be */
  readonly allowLoopback: boolean;
  /** a second Ctrl-C */
  readonly leave: AbortSignal;
}

export interface HookEnd {
  /** what a program said, its last lines; empty for a webhook */
  readonly said: string;
  /** undefined: it went well */
  readonly problem: Problem | undefined;
}

/** Exit codes after which nobody is told: a person stopped the run, or another run has the batch and will tell. */
const UNTOLD: ReadonlySet<number> = new Set([130, 143, 75]);

/** An upload of the film may take its time; a program that hangs must not keep the next night's run from starting. */
const COMMAND_MS = 10 * 60_000;

const WEBHOOK_TIMEOUTS: HttpTimeouts = { connectMs: 10_000, headersMs: 15_000, bodyMs: 10_000 };
const MOST_TRIES = 3;
const CHARACTERS_KEPT = 2000;

/**
 * What a run's end sets off. `on_done` when the whole batch is made, `on_failed` when the exit code says that something
 * is wrong; a selection (`--only`) that was made while the rest is missing is neither.
 */
export function hookAfter(
  manifest: Pick<Manifest, "onDone" | "onFailed">,
  { exitCode, state }: Pick<HookFacts, "exitCode" | "state">,
): Hook | undefined {
  if (UNTOLD.has(exitCode)) return undefined;
  if (exitCode !== 0) return manifest.onFailed;
  return state === "complete" ? manifest.onDone : undefined;
}

/** Tells the outside. Whatever goes wrong here changes nothing about how the run itself ended. */
export async function runHook(
  hook: Hook,
  terms: HookTerms,
  world: Pick<World, "processes" | "http" | "clock" | "chance">,
): Promise<HookEnd> {
  return hook.does === "command" ? runCommand(hook, terms, world) : postWebhook(hook, terms, world);
}

async function runCommand(
  hook: Hook & { readonly does: "command" },
  { manifest, facts, leave }: HookTerms,
  { processes }: Pick<World, "processes">,
): Promise<HookEnd> {
  const folder = dirname(manifest.path);
  const program = hook.program.includes("/") ? resolve(folder, hook.program) : hook.program;
  const outcome = await processes.run(program, hook.args, {
    cwd: folder,
    // The environment, and not the command line: whatever stands in a fact, no shell ever reads it as a command.
    env: environmentOf(facts, manifest.path),
    input: new TextEncoder().encode(facts.document),
    timeoutMs: COMMAND_MS,
    signal: leave,
  });
  const said = `${outcome.stdout}\n${outcome.stderr}`.trim().slice(-CHARACTERS_KEPT);
  if (outcome.exitCode === 0 && outcome.stopped === undefined) return { said, problem: undefined };
  const how = outcome.exitCode === undefined ? `was stopped: ${outcome.stopped}` : `exited with ${outcome.exitCode}`;
  const notStarted: Readonly<Record<string, string>> = {
    ENOENT: "is not there (ENOENT)",
    EACCES: "may not be started (EACCES): is it executable?",
  };
  const why = notStarted[outcome.stopped ?? ""] ?? how;
  const last = outcome.stderr.trim().split("\n").slice(-3).join("\n");
  return { said, problem: failed(hook, `${why}${last === "" ? "" : `\n${last}`}\n${outcome.shown}`) };
}

/** All names begin with CALLSHEET_; the rest of the child's environment is that of every program we start. */
function environmentOf(facts: HookFacts, manifestPath: string): Readonly<Record<string, string>> {
  return {
    CALLSHEET_NAME: facts.name,
    CALLSHEET_STATE: facts.state,
    CALLSHEET_EXIT_CODE: `${facts.exitCode}`,
    CALLSHEET_SPENT: `${facts.spent}`,
    CALLSHEET_MANIFEST: manifestPath,
    CALLSHEET_SUMMARY: facts.summary ?? "",
    CALLSHEET_FILMS: facts.films.join("\n"),
    CALLSHEET_RUN: facts.run,
    CALLSHEET_SIMULATED: facts.isSimulated ? "1" : "",
  };
}

async function postWebhook(
  hook: Hook & { readonly does: "webhook" },
  { facts, allowLoopback, leave }: HookTerms,
  { http, clock, chance }: Pick<World, "http" | "clock" | "chance">,
): Promise<HookEnd> {
  const address = judgeAddress(hook.url, undefined, { loopback: allowLoopback });
  if (!address.ok) return { said: "", problem: failed(hook, `was not called: ${address.why}`) };
  let why = "";
  for (let attempt = 1; attempt <= MOST_TRIES; attempt++) {
    const outcome = await postOnce(address, facts, http, leave);
    if (outcome.isFinal)
      return { said: "", problem: outcome.why === undefined ? undefined : failed(hook, outcome.why) };
    why = outcome.why;
    if (attempt < MOST_TRIES) await clock.sleep(backoffMs(attempt, chance, undefined), leave).catch(() => undefined);
    if (leave.aborted) break;
  }
  return { said: "", problem: failed(hook, `${why}, ${MOST_TRIES} times`) };
}

type Posted =
  | { readonly isFinal: true; readonly why: string | undefined }
  | { readonly isFinal: false; readonly why: string };

async function postOnce(
  address: { readonly url: URL; readonly publicOnly: boolean },
  facts: HookFacts,
  http: World["http"],
  signal: AbortSignal,
): Promise<Posted> {
  try {
    const stream = await http.open({
      method: "POST",
      url: address.url.href,
      headers: {
        "user-agent": "callsheet/0.1",
        "content-type": "application/json",
        "callsheet-run": facts.run,
        ...(facts.isSimulated ? { "callsheet-simulated": "1" } : {}),
      },
      body: facts.document,
      timeouts: WEBHOOK_TIMEOUTS,
      publicOnly: address.publicOnly,
      signal,
    });
    await stream.close(); // what it says is of no interest, and may have no end
    const { status } = stream;
    if (status >= 200 && status < 300) return { isFinal: true, why: undefined };
    const why = `answered HTTP ${status}`;
    if (status >= 500 || status === 429 || status === 408) return { isFinal: false, why };
    return { isFinal: true, why: status >= 300 && status < 400 ? `${why}; redirects are not followed` : why };
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    // Without its path, which at many services is the permission itself.
    const why = `could not be reached at ${address.url.origin}: ${error.code}`;
    return { isFinal: error.code === "ADDRESS_NOT_PUBLIC", why };
  }
}

function failed(hook: Hook, why: string): Problem {
  const who = hook.does === "command" ? `the program of on_${hook.when}` : `the webhook of on_${hook.when}`;
  return {
    rule: "hook-failed",
    message: `${who} ${why}`,
    fix: "The run itself ended as its exit code says, and nothing of it is lost: only this message did not arrive.",
    place: hook.place,
  };
}
