/** The disk. Every write that others rely on is whole or absent: temporary name, fsync, rename, fsync of the folder. */
export interface Files {
  readText(path: string): Promise<string>;
  /** a file, or as much of a stretch of it as there is */
  readBytes(path: string, range?: { readonly start: number; readonly length: number }): Promise<Uint8Array>;
  /**
   * For whoever reads much of a file piece by piece; who opened it closes it.
   *
   * @param options - `direct`: whole pages, into memory that `pageMemory` gave, come from the disk itself where it allows that
   */
  open(path: string, options?: { readonly direct?: boolean }): Promise<OpenFile>;
  /** undefined when nothing is there */
  stat(path: string): Promise<FileStat | undefined>;
  /** names in a folder, sorted; empty when the folder is not there */
  list(folder: string): Promise<readonly string[]>;
  makeFolder(path: string): Promise<void>;
  /** replaces the file at once or not at all; `private` gives it mode 0600, and 0700 to folders it makes */
  write(path: string, content: string | Uint8Array, options?: { readonly private?: boolean }): Promise<void>;
  /**
   * Takes away what `write` left below a folder in processes that were killed.
   *
   * @param olderThanMs - 0 only where nobody else can be writing
   */
  removeLeftovers(folder: string, olderThanMs: number): Promise<void>;
  /**
   * Appends to a file that may grow over several calls, or starts it again; a link is never written through (`ELOOP`). A
   * piece is written before the next is asked for, so that the pieces may share their memory.
   *
   * @param options - `direct`: past the system's memory, as long as the disk allows it and pieces are whole pages in memory
   *   that `pageMemory` gave. A piece is on its way while the next is asked for then, and written before the one after that.
   *   `onWritten` is told of each piece that was written, as it was given to the system, before its memory is used again
   */
  appendStream(
    path: string,
    bytes: AsyncIterable<Uint8Array>,
    options: { readonly restart: boolean; readonly direct?: boolean; readonly onWritten?: OnWritten },
  ): Promise<void>;
  /** adds one line, given without its end, and returns once it is on the disk; the file gets mode 0600, and is no link */
  appendLine(path: string, line: string): Promise<void>;
  /** moves a whole file to its final name and makes both the content and the name durable */
  publish(from: string, to: string): Promise<void>;
  /** removes a file or a folder with all in it; nothing happens when it is not there */
  remove(path: string): Promise<void>;
  sha256(path: string): Promise<string>;
  /** bytes this user can still write on the disk that holds the path, which need not exist; infinite where the system does not tell */
  freeBytes(path: string): Promise<number>;
}

/** @param before - bytes that were written before this piece */
export type OnWritten = (piece: Uint8Array, before: number) => Promise<void>;

export interface OpenFile {
  /** Fills memory from a place in the file on. @returns the part that was filled: less than all at the file's end */
  read(start: number, memory: Uint8Array): Promise<Uint8Array>;
  close(): Promise<void>;
}

export interface FileStat {
  readonly kind: "file" | "folder" | "other";
  readonly bytes: number;
  /** epoch milliseconds */
  readonly changedAt: number;
}
