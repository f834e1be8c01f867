import { dirname, resolve } from "node:path";
import type { Files } from "../world/files.ts";
import type { Cap, Limits } from "./manifest.ts";
import type { Findings } from "./manifest-problem.ts";
import { present } from "./present.ts";
import { type AccountText, accountSchema } from "./schema.ts";
import { openSheet, type Sheet } from "./sheet.ts";
import { readSourceText, shownPath } from "./source-text.ts";

/** What `callsheet.yaml` says for all manifests beside and below it. */
export interface AccountSettings {
  readonly limits: Limits;
  readonly budgetDay: Cap | undefined;
  /** absolute */
  readonly output: string | undefined;
  /** absolute folder of the file: where its paths begin */
  readonly folder: string;
  readonly sheet: Sheet<AccountText>;
}

const FILE_NAME = "callsheet.yaml";

/** Reads the nearest `callsheet.yaml` beside or above a manifest; undefined when there is none or it is no YAML. */
export async function readAccountSettings(
  files: Files,
  manifestPath: string,
  cwd: string,
  findings: Findings,
  sources: Map<string, string>,
): Promise<AccountSettings | undefined> {
  const path = await nearestFile(files, manifestPath);
  if (path === undefined) return undefined;
  const shown = shownPath(path, cwd);
  const read = await readSourceText(files, path);
  if (!read.ok) {
    const place = { file: shown, line: read.line, column: 1 };
    findings.problem({ rule: read.rule, message: `the file ${read.message}`, fix: read.fix, place, length: 1 });
    return undefined;
  }
  sources.set(shown, read.text);
  const sheet = openSheet(read.text, shown, accountSchema, findings);
  if (!sheet) return undefined;
  const folder = dirname(path);
  const { limits, budget, output } = sheet.draft;
  return {
    limits: present(limits),
    budgetDay: budget?.day === undefined ? undefined : { credits: budget.day, place: sheet.place(["budget", "day"]) },
    output: output === undefined ? undefined : resolve(folder, output),
    folder,
    sheet,
  };
}

async function nearestFile(files: Files, manifestPath: string): Promise<string | undefined> {
  for (let folder = dirname(manifestPath); ; folder = dirname(folder)) {
    const path = resolve(folder, FILE_NAME);
    // A manifest may itself bear the name.
    if (path !== manifestPath && (await files.stat(path).catch(() => undefined))?.kind === "file") return path;
    if (folder === dirname(folder)) return undefined;
  }
}
