import { dirname, resolve } from "node:path";
import type { PriceOverrides } from "../shot/price.ts";
import type { World } from "../world/world.ts";
import { type AccountSettings, readAccountSettings } from "./account-settings.ts";
import { readBatchName } from "./batch-name.ts";
import { readFilmSounds } from "./film-sound.ts";
import { readHook } from "./hooks.ts";
import type { Cap, Manifest, Parsed } from "./manifest.ts";
import { type Findings, openFindings } from "./manifest-problem.ts";
import { refuseNotBuiltYet } from "./not-built-yet.ts";
import { present } from "./present.ts";
import { readPriceFile } from "./price-file.ts";
import { type ManifestText, manifestSchema } from "./schema.ts";
import { readSequences } from "./sequences.ts";
import { openSheet, type Sheet } from "./sheet.ts";
import { readShots, shotNames } from "./shots.ts";
import { soundReader } from "./sounds.ts";
import { readSourceText, shownPath } from "./source-text.ts";
import { stillReader } from "./stills.ts";
import { readWords } from "./texts.ts";
import { readVariables } from "./variables.ts";

export { duplicateNames } from "./duplicate-names.ts";

export interface ReadOptions {
  /** absolute; where the person stands: paths begin there and are shown relative to it */
  readonly cwd: string;
  /** see `Manifest`; default: none */
  readonly calledWith?: readonly string[];
}

/** Reads a manifest and all it names: every problem at once, or a value in which nothing is doubtful. */
export async function readManifest(
  path: string,
  { files }: Pick<World, "files">,
  { cwd, calledWith = [] }: ReadOptions,
): Promise<Parsed<Manifest>> {
  const absolute = resolve(cwd, path);
  const shown = shownPath(absolute, cwd);
  const findings = openFindings();
  const sources = new Map<string, string>();

  const read = await readSourceText(files, absolute);
  if (!read.ok) {
    const place = { file: shown, line: read.line, column: 1 };
    findings.problem({ rule: read.rule, message: `the manifest ${read.message}`, fix: read.fix, place, length: 1 });
    return { ok: false, problems: findings.problems(), sources };
  }
  sources.set(shown, read.text);
  const sheet = openSheet(read.text, shown, manifestSchema, findings);
  const account = await readAccountSettings(files, absolute, cwd, findings, sources);
  if (!sheet) return { ok: false, problems: findings.problems(), sources };

  const folder = dirname(absolute);
  const variables = readVariables(sheet);
  const names = shotNames(sheet);
  refuseNotBuiltYet(sheet);
  const name = readBatchName(sheet, absolute);
  const { title: written, limits } = sheet.draft;
  const title = written === undefined ? undefined : readWords(written, ["title"], "the manifest", sheet, variables);
  const readSound = soundReader(files, folder, sheet);
  const shots = await readShots(sheet, names, variables, stillReader(files, folder, sheet), readSound);
  const sequences = readSequences(sheet, names, shots, await readFilmSounds(sheet, readSound));
  const prices = await readPrices(sheet, account, { files }, { cwd, folder, findings, sources });
  variables.warnOfUnused();

  const onDone = readHook("done", sheet);
  const onFailed = readHook("failed", sheet);
  const problems = findings.problems();
  if (problems.length > 0 || name === undefined) return { ok: false, problems, sources };
  const manifest: Manifest = {
    path: absolute,
    shown,
    calledWith,
    name,
    title: title === "" ? undefined : title,
    budget: present({ run: capAt("run", sheet), day: capAt("day", sheet) ?? account?.budgetDay }),
    limits: { ...account?.limits, ...present(limits) },
    prices,
    output: account?.output,
    shots,
    sequences,
    onDone,
    onFailed,
  };
  return { ok: true, value: manifest, warnings: findings.warnings(), sources };
}

function capAt(key: "run" | "day", sheet: Sheet<ManifestText>): Cap | undefined {
  const credits = sheet.draft.budget?.[key];
  return credits === undefined ? undefined : { credits, place: sheet.place(["budget", key]) };
}

interface PriceContext {
  readonly cwd: string;
  readonly folder: string;
  readonly findings: Findings;
  readonly sources: Map<string, string>;
}

/** The manifest's price file, else the account's: one of them whole, never a mixture of two days. */
async function readPrices(
  sheet: Sheet<ManifestText>,
  account: AccountSettings | undefined,
  { files }: Pick<World, "files">,
  { cwd, folder, findings, sources }: PriceContext,
): Promise<PriceOverrides | undefined> {
  if (sheet.judged(["prices"])) return undefined;
  const own = sheet.draft.prices;
  const [text, base, owner] =
    own === undefined ? [account?.sheet.draft.prices, account?.folder, account?.sheet] : [own, folder, sheet];
  if (text === undefined || base === undefined || owner === undefined) return undefined;

  const path = resolve(base, text);
  const prices = await readPriceFile(files, path, shownPath(path, cwd), findings, sources);
  if (prices && "ok" in prices) {
    const message = `the price file ${JSON.stringify(text)} ${prices.message}`;
    owner.problem({ rule: prices.rule, at: ["prices"], message, fix: prices.fix });
    return undefined;
  }
  return prices;
}
