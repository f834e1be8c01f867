import { accessSync, chmodSync, constants } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Where ffmpeg and ffprobe of the optional npm packages lie; undefined where this platform has none. */
export interface NpmBinaries {
  readonly ffmpeg: string | undefined;
  readonly ffprobe: string | undefined;
}

/** Finds the binaries that came with `npm ci`. With install scripts switched off they lack the right to be run: it is given here. */
export function npmBinaries(): NpmBinaries {
  return {
    ffmpeg: locate("@ffmpeg-installer", "ffmpeg"),
    ffprobe: locate("@ffprobe-installer", "ffprobe"),
  };
}

function locate(scope: string, program: string): string | undefined {
  const platform = `${process.platform}-${process.arch}`;
  const name = process.platform === "win32" ? `${program}.exe` : program;
  try {
    // Only asked where it lies and not loaded: its code throws where there is no binary for the platform.
    const above = createRequire(import.meta.url).resolve(`${scope}/${program}/package.json`);
    const own = createRequire(above).resolve(`${scope}/${platform}/package.json`);
    const path = join(dirname(own), name);
    makeRunnable(path);
    return path;
  } catch {
    return undefined;
  }
}

function makeRunnable(path: string): void {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    chmodSync(path, 0o755);
  }
}
