import { execFile } from "node:child_process";
import { mkdir, statfs } from "node:fs/promises";
import { promisify } from "node:util";
import { expect } from "vitest";

const run = promisify(execFile);

/** A disk of its own, in memory, which can be made full or read-only while a program writes to it. */
export interface SmallDisk {
  /** takes all room away but so many bytes; nothing that is there is touched */
  leave(bytes: number): Promise<void>;
  /** gives the room back that the disk began with */
  makeRoom(): Promise<void>;
  readOnly(is: boolean): Promise<void>;
}

type OnFinished = (tidy: () => Promise<void>) => void;

/** A size that no test fills: memory is taken only by what is written. */
const ROOMY = 8 * 1024 ** 3;

/**
 * Mounts a disk on a folder, which is made.
 *
 * @returns undefined where the system does not let us: only then, and not for any other reason, may a test end there
 */
export async function mountDisk(folder: string, onTestFinished: OnFinished): Promise<SmallDisk | undefined> {
  await mkdir(folder, { recursive: true });
  const refused = await run("mount", ["-t", "tmpfs", "-o", `size=${ROOMY}`, "tmpfs", folder]).then(
    () => undefined,
    (error: { stderr?: string; code?: unknown }) => `${error.code} ${error.stderr}`,
  );
  if (refused !== undefined) {
    expect(refused, "mounting a disk was refused for another reason").toMatch(
      /ENOENT|superuser|permission denied|not permitted|unknown filesystem/i,
    );
    return undefined;
  }
  // Lazily: a program that the test has not ended yet may still have a file open there.
  onTestFinished(async () => void (await run("umount", ["-l", folder])));
  const remount = (options: string) => run("mount", ["-o", `remount,${options}`, folder]);
  return {
    async leave(bytes) {
      const { blocks, bfree, bsize } = await statfs(folder);
      // A program may write between the look and the remount, which then asks for less than is there.
      for (let tries = 0; ; tries++) {
        const usedNow = tries === 0 ? (blocks - bfree) * bsize : await used(folder);
        try {
          await remount(`size=${usedNow + Math.max(bytes, bsize)}`);
          return;
        } catch (error) {
          if (tries === 20) throw error;
        }
      }
    },
    async makeRoom() {
      await remount(`size=${ROOMY}`);
    },
    async readOnly(is) {
      await remount(is ? "ro" : "rw");
    },
  };
}

async function used(folder: string): Promise<number> {
  const { blocks, bfree, bsize } = await statfs(folder);
  return (blocks - bfree) * bsize;
}
