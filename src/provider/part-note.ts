import { createHash } from "node:crypto";
import * as z from "zod";
import type { Files } from "../world/files.ts";
import { readVendorJson } from "./vendor-json.ts";

/** What must be known of a half-fetched file to go on with it later: kept beside it as `PART.json`. */
export interface PartNote {
  /** SHA-256 of the address, which may be a secret itself */
  readonly address: string;
  /** a strong ETag or a Last-Modified date, as `If-Range` takes it; undefined: starts again */
  readonly validator: string | undefined;
  /** of the whole file; undefined when the host did not say */
  readonly totalBytes: number | undefined;
}

const noteFields = z.object({
  address: z.string(),
  validator: z.string().optional(),
  totalBytes: z.number().int().nonnegative().optional(),
});

export function hashAddress(url: string): string {
  return createHash("sha256").update(url).digest("hex");
}

/** undefined when there is no note or it makes no sense: the file is then fetched from its beginning */
export async function readNote(part: string, files: Files): Promise<PartNote | undefined> {
  const path = noteFile(part);
  if (!(await files.stat(path))) return undefined;
  const read = noteFields.safeParse(readVendorJson(await files.readText(path)));
  if (!read.success) return undefined;
  const { address, validator, totalBytes } = read.data;
  return { address, validator, totalBytes };
}

export async function writeNote(part: string, note: PartNote, files: Files): Promise<void> {
  await files.write(noteFile(part), JSON.stringify(note));
}

/** Forgets the part, the bytes before the note: a note without bytes does no harm, bytes of another file would. */
export async function dropPart(part: string, files: Files): Promise<void> {
  await files.remove(part);
  await dropNote(part, files);
}

export async function dropNote(part: string, files: Files): Promise<void> {
  await files.remove(noteFile(part));
}

function noteFile(part: string): string {
  return `${part}.json`;
}

/** The header that says whether the file behind an address is still the same one. */
export function validatorOf(headers: Readonly<Record<string, string>>): string | undefined {
  const etag = headers["etag"];
  // A weak ETag means "much the same", which is not enough to glue two halves together.
  if (etag?.startsWith('"')) return etag;
  return headers["last-modified"];
}
