import { basename } from "node:path";
import { type BatchName, isSafeName } from "../shot/id.ts";
import { saferName } from "./ids.ts";
import type { ManifestText } from "./schema.ts";
import type { Sheet } from "./sheet.ts";
import { quoted } from "./wording.ts";

/** Folders that stand below `output/` beside those of the batches. */
const RESERVED = ["log", "simulated", "simulator"];

/** The manifest's `name`, else its file's name without extension. Undefined when neither can be a folder's name. */
export function readBatchName(sheet: Sheet<ManifestText>, path: string): BatchName | undefined {
  if (sheet.judged(["name"])) return undefined;
  const written = sheet.draft.name;
  const name = written ?? basename(path).replace(/(?<=.)\.(?:ya?ml|json)$/i, "");
  const at = written === undefined ? [] : ["name"];
  const who = written === undefined ? "the file's name" : "the name";
  if (!isSafeName(name)) {
    const safer = saferName(name) ?? "film";
    const message = `${who} ${quoted(name)} cannot be a folder's name everywhere: up to 64 letters, digits, - and _`;
    const fix = written === undefined ? `Add \`name: ${safer}\`, or rename the file.` : `Write ${safer}.`;
    sheet.problem({ rule: "batch-name", at, message, fix });
    return undefined;
  }
  if (RESERVED.includes(name.toLowerCase())) {
    const message = `${who} ${quoted(name)} is that of a folder which every output folder has already`;
    const fix = written === undefined ? "Add a `name:` of its own." : "Write another name.";
    sheet.problem({ rule: "batch-name", at, message, fix });
    return undefined;
  }
  return name as BatchName;
}
