import { callbackLine } from "../report/tell-callbacks.ts";
import type { CallbackRemark, Callbacks } from "../run/callbacks.ts";
import type { Clock } from "../world/clock.ts";
import type { CallbackSettings } from "./callback-settings.ts";
import { EXIT, problem, Refusal } from "./exit.ts";
import type { RunLog } from "./run-log.ts";

/** The callback receiver of a command: one for all its batches. */
export interface CallbackDesk {
  readonly callbacks: Callbacks;
  /** the log is told what was said so far and what is said from now on */
  readonly keep: (log: RunLog) => void;
  readonly close: () => Promise<void>;
}

/**
 * Does the work with a receiver open, if one is asked for, and closes it whatever comes.
 *
 * @param say - for a person: where it listens, and at the end what it refused
 * @throws Refusal when the port is taken, before anything was bought; whatever the work throws
 */
export async function withCallbackDesk<T>(
  settings: CallbackSettings | undefined,
  clock: Clock,
  say: (line: string) => void,
  work: (desk: CallbackDesk | undefined) => Promise<T>,
): Promise<T> {
  const desk = settings && (await openCallbackDesk(settings, clock, say));
  try {
    return await work(desk);
  } finally {
    await desk?.close();
  }
}

async function openCallbackDesk(
  settings: CallbackSettings,
  clock: Clock,
  say: (line: string) => void,
): Promise<CallbackDesk> {
  const [{ openCallbackReceiver }, { openCallbackExchange }] = await Promise.all([
    import("../desk/callback-receiver.ts"),
    import("../run/callbacks.ts"),
  ]);
  const exchange = openCallbackExchange(settings.publicUrl);
  const logs: RunLog[] = [];
  const told: CallbackRemark[] = [];
  const tell = (remark: CallbackRemark) => {
    told.push(remark);
    for (const log of logs) log.note(callbackLine(remark));
    if (remark.remark === "open") say(callbackLine(remark));
  };
  const receiver = await openCallbackReceiver(settings, exchange, clock, tell).catch((error: unknown) => {
    throw refusalOf(settings, error) ?? error;
  });
  return {
    callbacks: exchange,
    keep(log) {
      for (const remark of told) log.note(callbackLine(remark));
      logs.push(log);
    },
    async close() {
      await receiver.close();
      const last = new Map(told.flatMap((remark) => (remark.remark === "refused" ? [[remark.why, remark]] : [])));
      for (const remark of last.values()) say(callbackLine(remark));
    },
  };
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "is in use by another program",
  EACCES: "may not be opened by this user",
  EADDRNOTAVAIL: "is not an address of this machine",
  ENOTFOUND: "is not an address of this machine",
};

function refusalOf({ host, port }: CallbackSettings, error: unknown): Refusal | undefined {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const why = REASONS[code];
  if (why === undefined) return undefined;
  const fix = "Name another one with --listen, to which --callback-url leads. Nothing was bought: 0 credits spent.";
  return new Refusal(EXIT.usage, [problem("listen", `${host}:${port} ${why}`, fix)]);
}
