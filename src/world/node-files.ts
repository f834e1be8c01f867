import { createHash, randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type DirectAppender, openDirectAppender, openDirectReader } from "./direct-disk.ts";
import { openPace } from "./disk-pace.ts";
import type { Files } from "./files.ts";
import { openPaced, readTextPaced, statPaced, writePaced } from "./paced-moves.ts";

const PRIVATE_MODE = 0o600;
const USUAL_MODE = 0o666;
const PRIVATE_FOLDER_MODE = 0o700;
const USUAL_FOLDER_MODE = 0o777;

/** Not through a link: whoever left one in our folder would choose what else of the person's is written to. */
const APPENDING = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;

/** As much as a core's own memory holds beside other things; for larger ones the system looks for memory in one piece. */
const MOVED_AT_ONCE = 128 * 2 ** 10;

/** Random, so that two who write the same file do not meet in its temporary one. */
const TEMPORARY = /\.[0-9a-f]{8}\.tmp$/;
const temporaryName = (path: string) => `${path}.${randomBytes(4).toString("hex")}.tmp`;

/** The disk of this machine. Errors of the system pass through unchanged: their `code` (`ENOSPC`, `EACCES`) is the fact. */
export function openFiles(): Files {
  const pace = openPace();
  /** Not `writeFile`, which cuts what it is given into small pieces. */
  const writeWhole = async (file: FileHandle, bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length; ) at += await writePaced(pace, file, bytes.subarray(at, at + MOVED_AT_ONCE));
  };
  return {
    readText: (path) => readTextPaced(pace, path),

    async readBytes(path, range) {
      if (!range) return readFile(path);
      const file = await open(path, "r");
      try {
        const bytes = new Uint8Array(range.length);
        const { bytesRead } = await file.read(bytes, 0, range.length, range.start);
        return bytes.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    },

    async open(path, { direct = false } = {}) {
      const usual = await openPaced(pace, path);
      return direct ? openDirectReader(path, usual) : usual;
    },

    async stat(path) {
      const found = await statPaced(pace, path).catch(ignoreAbsence);
      if (!found) return undefined;
      const kind = found.isFile() ? "file" : found.isDirectory() ? "folder" : "other";
      return { kind, bytes: found.size, changedAt: found.mtimeMs };
    },

    async list(folder) {
      const names = await readdir(folder).catch(ignoreAbsence);
      return (names ?? []).toSorted();
    },

    async makeFolder(path) {
      await makeFolderAt(path);
    },

    async write(path, content, options) {
      await makeFolderAt(dirname(path), options?.private ? PRIVATE_FOLDER_MODE : undefined);
      const temporary = temporaryName(path);
      try {
        const file = await open(temporary, "wx", options?.private ? PRIVATE_MODE : USUAL_MODE);
        try {
          await file.writeFile(content);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(temporary, path);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
      await syncFolder(dirname(path));
    },

    async removeLeftovers(folder, olderThanMs) {
      const names = await readdir(folder, { recursive: true }).catch(ignoreAbsence);
      for (const name of names ?? []) {
        if (!TEMPORARY.test(name)) continue;
        const path = join(folder, name);
        const found = await stat(path).catch(ignoreAbsence);
        if (found && Date.now() - found.mtimeMs >= olderThanMs) await rm(path, { force: true });
      }
    },

    async appendStream(path, bytes, { restart, direct = false, onWritten }) {
      await makeFolderAt(dirname(path));
      if (restart) await rm(path, { force: true });
      const file = await open(path, APPENDING, USUAL_MODE);
      let past: DirectAppender | undefined;
      const write = async (piece: Uint8Array): Promise<void> => {
        const done = (await past?.append(piece)) ?? 0;
        if (done === piece.length) return;
        await past?.close();
        past = undefined;
        await writeWhole(file, piece.subarray(done));
      };
      let writing = Promise.resolve();
      let written = 0;
      let last: Uint8Array | undefined;
      const tellOfLast = async (): Promise<void> => {
        if (!last) return;
        await onWritten?.(last, written);
        written += last.length;
        last = undefined;
      };
      try {
        if (direct) past = await openDirectAppender(path, APPENDING, USUAL_MODE);
        // Piece by piece: when the source breaks, all that came before is on the disk, and nothing is written later.
        for await (const piece of bytes) {
          await writing;
          writing = write(piece);
          writing.catch(() => undefined); // heard of when it is waited for
          await tellOfLast();
          last = piece;
          if (direct) continue;
          await writing;
          await tellOfLast();
        }
        await writing;
        await tellOfLast();
      } finally {
        await writing.catch(() => undefined);
        await Promise.all([file.close(), past?.close()]);
      }
    },

    async appendLine(path, line) {
      await makeFolderAt(dirname(path));
      const file = await open(path, APPENDING, PRIVATE_MODE);
      try {
        await file.writeFile(`${line}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
    },

    async publish(from, to) {
      const file = await open(from, "r+");
      try {
        await file.sync();
      } finally {
        await file.close();
      }
      await makeFolderAt(dirname(to));
      await rename(from, to);
      await syncFolder(dirname(to));
    },

    async remove(path) {
      await rm(path, { recursive: true, force: true });
    },

    async sha256(path) {
      const hash = createHash("sha256");
      const file = await openPaced(pace, path);
      try {
        // One memory for all: a stream makes a new one for each of its small pieces.
        const memory = new Uint8Array(MOVED_AT_ONCE);
        for (let at = 0; ; ) {
          const bytes = await file.read(at, memory);
          if (bytes.length === 0) return hash.digest("hex");
          hash.update(bytes);
          at += bytes.length;
        }
      } finally {
        await file.close();
      }
    },

    async freeBytes(path) {
      const { blocks, bavail, bsize } = await statfs(await nearestFolder(path));
      // Some network disks have no size at all.
      return blocks === 0 ? Number.POSITIVE_INFINITY : bavail * bsize;
    },
  };
}

/**
 * Makes a folder and those above it. Where nothing may be written, Node says of the folder above that it is not there;
 * made one by one, the first that is missing says why.
 */
async function makeFolderAt(path: string, mode = USUAL_FOLDER_MODE): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    const above = dirname(path);
    if (above !== path && !(await stat(above).catch(ignoreAbsence))) await makeFolderAt(above, mode);
    await mkdir(path, { mode });
  }
}

/** A rename survives a power cut only when the folder was synced too. Windows cannot open folders and needs no such thing. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function nearestFolder(path: string): Promise<string> {
  const found = await stat(path).catch(ignoreAbsence);
  if (found?.isDirectory()) return path;
  const parent = dirname(path);
  return parent === path ? path : nearestFolder(parent);
}

function ignoreAbsence(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
  throw error;
}
