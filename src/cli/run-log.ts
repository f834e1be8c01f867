import { join } from "node:path";
import pino from "pino";
import { logRecord } from "../report/log-record.ts";
import { redact } from "../report/redact.ts";
import type { News } from "../run/news.ts";
import type { Files } from "../world/files.ts";
import type { World } from "../world/world.ts";
import { type Settings, secretsOf } from "./settings.ts";

/** One redacted file of JSON lines a run: what was told, and what was too much to tell. */
export interface RunLog {
  readonly write: (batch: string, news: News) => void;
  readonly note: (message: string, facts?: Readonly<Record<string, unknown>>) => void;
  readonly close: () => Promise<void>;
}

/** Names a run in its log and in the ledger: by its moment, and told from others of the same one. */
export function nameRun({ clock, chance }: Pick<World, "clock" | "chance">): string {
  return `${new Date(clock.now()).toISOString().replace(/[:.]/g, "-")}-${chance.token().slice(0, 6)}`;
}

/**
 * Lines go to the file as they come, behind the run's back: a full disk must not end a run that has paid for takes, as
 * the ledger is what counts, and it says so itself. pino's own file stream would try the rest again and again for ever
 * when the process ends on a full disk.
 */
export async function openRunLog(
  outputFolder: string,
  run: string,
  files: Files,
  settings: Pick<Settings, "key" | "webhookKey">,
): Promise<RunLog> {
  const secrets = secretsOf(settings);
  const path = join(outputFolder, "log", `${run}.jsonl`);
  const waiting: string[] = [];
  let isOver = false;
  let wake = () => {};
  async function* lines() {
    while (!isOver || waiting.length > 0) {
      if (waiting.length > 0) yield Buffer.from(waiting.splice(0).join(""));
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  const end = () => {
    isOver = true;
    wake();
  };
  const written = files
    .write(path, "", { private: true })
    .then(() => files.appendStream(path, lines(), { restart: false }))
    .catch(end);
  const take = (line: string) => {
    if (isOver) return;
    waiting.push(line);
    wake();
  };
  const logger = pino({ base: { run }, timestamp: pino.stdTimeFunctions.isoTime }, { write: take });
  return {
    write: (batch, news) => {
      const record = logRecord(news, secrets);
      if (record) logger.info({ batch, ...record });
    },
    note: (message, facts = {}) => logger.info(redact(facts, secrets), message),
    close: () => {
      end();
      return written;
    },
  };
}
