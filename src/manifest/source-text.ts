import { isAbsolute, relative } from "node:path";
import type { Files } from "../world/files.ts";

/** No manifest is this large; a film pasted under a manifest's name is. */
const MOST_BYTES = 5 * 1024 * 1024;

/** A file's text, or why there is none. */
export type SourceText =
  | { readonly ok: true; readonly text: string }
  | {
      readonly ok: false;
      readonly rule: string;
      /** goes on after the file's name or role: `is not there` */
      readonly message: string;
      readonly fix: string;
      /** from 1; the line that cannot be read, when there is one */
      readonly line: number;
    };

/** Reads a text that a person wrote: UTF-8, with or without a byte order mark, of a sane size. */
export async function readSourceText(files: Files, path: string): Promise<SourceText> {
  const refuse = (rule: string, message: string, fix: string, line = 1): SourceText => {
    return { ok: false, rule, message, fix, line };
  };
  let bytes: Uint8Array;
  try {
    const stat = await files.stat(path);
    if (!stat) return refuse("file-missing", "is not there", "Check the path.");
    if (stat.kind !== "file")
      return refuse(
        "file-kind",
        stat.kind === "folder" ? "is a folder, not a file" : "is no plain file",
        "Name a file in it.",
      );
    if (stat.bytes > MOST_BYTES) {
      const size = `${(stat.bytes / 1024 / 1024).toFixed(1)} MiB`;
      return refuse("file-size", `has ${size}; at most 5 MiB are read`, "Check that it is the right file.");
    }
    bytes = await files.readBytes(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return refuse("file-unreadable", `cannot be read: ${why}`, "Check its permissions.");
  }
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (isUtf16) return refuse("file-encoding", "is written in UTF-16", "Save it as UTF-8.");
  try {
    return { ok: true, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    const line = firstUndecodableLine(bytes);
    return refuse("file-encoding", `is not UTF-8 text from line ${line} on`, "Save it as UTF-8.", line);
  }
}

function firstUndecodableLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline === -1 ? bytes.length : newline + 1;
    try {
      decoder.decode(bytes.subarray(start, end));
    } catch {
      return line;
    }
    start = end;
  }
  return line;
}

/** A path as the person would type it from where they stand. */
export function shownPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short === "" || isAbsolute(short) || short.length > path.length ? path : short;
}
