import type { Files } from "../../src/world/files.ts";

/** How a disk fails: at one write alone, or from it on until somebody mends it. */
export interface DiskFault {
  /** which write, from 1 */
  readonly at: number;
  readonly lasts: "once" | "on";
  readonly code: "ENOSPC" | "EDQUOT" | "EROFS" | "EACCES" | "EIO";
}

/** The disk of this machine, but the writes of a fault are answered as by the system. Reads and removals go on. */
export function failingFiles(files: Files, fault: DiskFault | undefined): { files: Files; writes: () => number } {
  let writes = 0;
  const failure = (path: string) => {
    writes += 1;
    if (!fault || (fault.lasts === "once" ? writes !== fault.at : writes < fault.at)) return undefined;
    const facts = { code: fault.code, syscall: "write", path };
    return Object.assign(new Error(`${fault.code}: made by the test, write`), facts);
  };
  const orFail = async (path: string, write: () => Promise<void>) => {
    const error = failure(path);
    if (error) throw error;
    await write();
  };
  return {
    writes: () => writes,
    files: {
      ...files,
      makeFolder: (path) => orFail(path, () => files.makeFolder(path)),
      write: (path, content, options) => orFail(path, () => files.write(path, content, options)),
      appendLine: (path, line) => orFail(path, () => files.appendLine(path, line)),
      publish: (from, to) => orFail(to, () => files.publish(from, to)),
      async appendStream(path, bytes, options) {
        const error = failure(path);
        // A disk that fills up takes the beginning.
        await files.appendStream(path, error ? beginningOf(bytes, error) : bytes, options);
      },
    },
  };
}

async function* beginningOf(bytes: AsyncIterable<Uint8Array>, error: Error): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) {
    yield piece.subarray(0, Math.ceil(piece.length / 2));
    break;
  }
  throw error;
}
