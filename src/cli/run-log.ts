import { join } from "node:path";
import pino from "pino";
import { logRecord } from "../report/log-record.ts";
import { redact } from "../report/redact.ts";
import type { News } from "../run/news.ts";
import type { Files } from "../world/files.ts";

/** One redacted file of JSON lines a run: what was told, and what was too much to tell. */
export interface RunLog {
  readonly write: (batch: string, news: News) => void;
  readonly note: (message: string, facts?: Readonly<Record<string, unknown>>) => void;
  readonly close: () => Promise<void>;
}

/** @param secrets - texts that must not be written wherever they turn up: the key */
export async function openRunLog(
  outputFolder: string,
  run: string,
  files: Files,
  secrets: readonly string[],
): Promise<RunLog> {
  const folder = join(outputFolder, "log");
  await files.makeFolder(folder);
  const destination = pino.destination({ dest: join(folder, `${run}.jsonl`), sync: false, mode: 0o600 });
  const logger = pino({ base: { run }, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  // A full disk must not end a run that has paid for takes: the ledger is what counts, and it says so itself.
  destination.on("error", () => undefined);
  return {
    write: (batch, news) => {
      const record = logRecord(news, secrets);
      if (record) logger.info({ batch, ...record });
    },
    note: (message, facts = {}) => logger.info(redact(facts, secrets), message),
    close: () =>
      new Promise((resolve) => {
        destination.once("close", () => resolve());
        destination.once("error", () => resolve());
        destination.end();
      }),
  };
}
