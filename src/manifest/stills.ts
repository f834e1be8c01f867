import { resolve } from "node:path";
import type { Sha256 } from "../shot/id.ts";
import type { Files } from "../world/files.ts";
import { claimedType, imageTypeOf, otherTypeOf, TELLING_BYTES } from "./image-type.ts";
import type { Path } from "./located.ts";
import type { StillFile, StillUrl } from "./manifest.ts";
import type { ManifestText } from "./schema.ts";
import type { Sheet } from "./sheet.ts";
import { quoted } from "./wording.ts";

/** Beyond this the upload takes long, and the vendor's own pages advise smaller ones. */
const LARGE_BYTES = 10 * 1024 * 1024;

/** Looks at the pictures a manifest names. Undefined when one cannot be used, which then was reported. */
export type ReadStill = (text: string, at: Path) => Promise<StillFile | StillUrl | undefined>;

/** @param folder - absolute; where relative paths begin */
export function stillReader(files: Files, folder: string, sheet: Sheet<ManifestText>): ReadStill {
  const looked = new Map<string, Promise<Look>>();
  return async (text, at) => {
    if (/^[a-z][a-z0-9+.-]*:\/?\/?/i.test(text) && !/^[a-z]:[\\/]/i.test(text)) return readUrl(text, at, sheet);
    const path = resolve(folder, text);
    const look = looked.get(path) ?? lookAt(files, path);
    looked.set(path, look);
    const { still, problem, warnings } = await look;
    const named = quoted(text);
    if (problem) sheet.problem({ ...problem, at, message: `the picture ${named} ${problem.message}` });
    for (const warning of warnings)
      sheet.warning({ ...warning, at, message: `the picture ${named} ${warning.message}` });
    return still;
  };
}

interface Remark {
  readonly rule: string;
  readonly message: string;
  readonly fix: string;
}

interface Look {
  readonly still?: StillFile;
  readonly problem?: Remark;
  readonly warnings: readonly Remark[];
}

async function lookAt(files: Files, path: string): Promise<Look> {
  try {
    return await lookAtFile(files, path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return refused("still-unreadable", `cannot be read: ${why}`, "Check its permissions.");
  }
}

async function lookAtFile(files: Files, path: string): Promise<Look> {
  const stat = await files.stat(path);
  if (!stat) return refused("still-missing", "is not there", "Check the path: it begins at the manifest's folder.");
  if (stat.kind !== "file")
    return refused(
      "still-type",
      stat.kind === "folder" ? "is a folder, not a file" : "is no plain file",
      "Name a file in it.",
    );
  if (stat.bytes === 0) return refused("still-empty", "has no bytes", "Save it again.");

  const head = await files.readBytes(path, { start: 0, length: Math.min(TELLING_BYTES, stat.bytes) });
  const mediaType = imageTypeOf(head);
  if (!mediaType) {
    const other = otherTypeOf(head) ?? "something else";
    return refused("still-type", `is ${other} by its bytes, not a PNG, JPEG or WebP`, "Save it as PNG or JPEG.");
  }
  const warnings: Remark[] = [];
  const claimed = claimedType(path);
  if (claimed !== undefined && claimed !== mediaType) {
    const message = `is ${mediaType} by its bytes, though its name says ${claimed}; it is sent as what it is`;
    warnings.push({ rule: "still-extension", message, fix: "Give the file the name of its type." });
  }
  if (stat.bytes > LARGE_BYTES) {
    const message = `has ${(stat.bytes / 1024 / 1024).toFixed(1)} MiB; the vendor advises at most 10`;
    warnings.push({ rule: "still-size", message, fix: "Save it as JPEG or smaller; 1920 pixels are enough." });
  }
  const sha256 = (await files.sha256(path)) as Sha256;
  return { still: { from: "file", path, sha256, mediaType, bytes: stat.bytes }, warnings };
}

function refused(rule: string, message: string, fix: string): Look {
  return { problem: { rule, message, fix }, warnings: [] };
}

function readUrl(text: string, at: Path, sheet: Sheet<ManifestText>): StillUrl | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "https:" && url.hostname !== "") return { from: "url", url: url.href };
  const message = `the picture's address ${quoted(text)} is not one the vendor can fetch: it must begin with https://`;
  sheet.problem({ rule: "still-address", at, message, fix: "Write an https address, or the path of a file." });
  return undefined;
}
