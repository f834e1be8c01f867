import { createHash } from "node:crypto";
import type { Files } from "../../../src/world/files.ts";

/** A disk in memory. What it holds outlives every process that writes to it. */
export function openMemoryFiles(disk: Map<string, Uint8Array>): Files {
  const read = (path: string): Uint8Array => {
    const bytes = disk.get(path);
    if (!bytes) throw Object.assign(new Error(`ENOENT: ${path}`), { code: "ENOENT" });
    return bytes;
  };
  const below = (folder: string) => [...disk.keys()].filter((path) => path.startsWith(`${folder}/`));
  return {
    readText: async (path) => Buffer.from(read(path)).toString("utf8"),
    readBytes: async (path, range) =>
      range ? read(path).subarray(range.start, range.start + range.length) : read(path),
    async open(path) {
      read(path);
      return {
        async read(start, memory) {
          const piece = read(path).subarray(start, start + memory.length);
          memory.set(piece);
          return memory.subarray(0, piece.length);
        },
        close: async () => {},
      };
    },
    async stat(path) {
      const bytes = disk.get(path);
      if (bytes) return { kind: "file", bytes: bytes.length, changedAt: 0 };
      return below(path).length > 0 ? { kind: "folder", bytes: 0, changedAt: 0 } : undefined;
    },
    async list(folder) {
      const names = below(folder).map((path) => path.slice(folder.length + 1).split("/")[0] ?? "");
      return [...new Set(names)].toSorted();
    },
    makeFolder: async () => {},
    async write(path, content) {
      disk.set(path, Buffer.from(content));
    },
    async appendStream(path, bytes, { restart, onWritten }) {
      if (restart) disk.set(path, new Uint8Array());
      let written = 0;
      for await (const piece of bytes) {
        disk.set(path, Buffer.concat([disk.get(path) ?? new Uint8Array(), piece]));
        await onWritten?.(piece, written);
        written += piece.length;
      }
    },
    async appendLine(path, line) {
      disk.set(path, Buffer.concat([disk.get(path) ?? new Uint8Array(), Buffer.from(`${line}\n`)]));
    },
    async publish(from, to) {
      disk.set(to, read(from));
      disk.delete(from);
    },
    async remove(path) {
      for (const each of [path, ...below(path)]) disk.delete(each);
    },
    // Nothing here is ever half written under a name of its own.
    removeLeftovers: async () => {},
    sha256: async (path) => createHash("sha256").update(read(path)).digest("hex"),
    freeBytes: async () => 2 ** 40,
  };
}
