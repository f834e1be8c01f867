import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * What a SQLite file needs of the disk besides SQLite itself. Synchronous, as the store is: a file's size means
 * something only while the store's lock on it is held.
 */

/**
 * Bytes of a file, `folder` for anything that is not a file, undefined when nothing is there. A link is followed: a person
 * may keep the file on another disk; `dead link` is one that leads nowhere, where SQLite would make a file.
 */
export function storeFileSize(path: string): number | "folder" | "dead link" | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return lstatSync(path, { throwIfNoEntry: false }) ? "dead link" : undefined;
  return stat.isFile() ? stat.size : "folder";
}

/** Makes a folder and those above it; `private` keeps other users out of the ones that were made. */
export function makeStoreFolder(path: string, access: "private" | "shared"): void {
  const mode = access === "private" ? { mode: 0o700 } : {};
  try {
    mkdirSync(path, { recursive: true, ...mode });
  } catch (error) {
    // Where nothing may be written, Node says ENOENT of the folder above: made one by one, the first says why.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    if (dirname(path) !== path && !existsSync(dirname(path))) makeStoreFolder(dirname(path), access);
    mkdirSync(path, mode);
  }
}

/** Nobody but the owner reads or writes the file. What a link leads to keeps its mode: it may not be ours. */
export function makePrivate(path: string): void {
  const stat = lstatSync(path);
  if (!stat.isSymbolicLink() && (stat.mode & 0o777) !== 0o600) chmodSync(path, 0o600);
}

/**
 * Makes a file that is there whole or not at all, and never replaces one that another process made meanwhile: so an
 * empty file under the final name is always damage. It has mode 0600.
 *
 * @param temporary - a name of nobody else's in the same folder
 * @param fill - writes the content to the temporary file, which exists and is empty
 */
export function createStoreFile(path: string, temporary: string, fill: (temporary: string) => void): void {
  closeSync(openSync(temporary, "wx", 0o600));
  try {
    fill(temporary);
    sync(temporary, "r+");
    try {
      linkSync(temporary, path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "EEXIST") {
        // FAT and some network disks have no hard links. Renaming could replace a file made in the same instant.
        if (!existsSync(path)) renameSync(temporary, path);
      }
    }
  } finally {
    rmSync(temporary, { force: true });
    rmSync(`${temporary}-journal`, { force: true });
  }
  try {
    sync(dirname(path), "r");
  } catch {
    // Windows cannot open a folder, and needs no such sync.
  }
}

/** Nobody fills a temporary file for longer than this. */
const ABANDONED_MS = 60_000;

/** Takes away what processes that were killed while they made a file left beside it; what is recent may be in the making. */
export function removeAbandoned(path: string): void {
  const folder = dirname(path);
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`${basename(path)}.new-`)) continue;
    const stat = statSync(join(folder, name), { throwIfNoEntry: false });
    if (stat && Date.now() - stat.mtimeMs > ABANDONED_MS) rmSync(join(folder, name), { force: true });
  }
}

function sync(path: string, flags: string): void {
  const file = openSync(path, flags);
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
