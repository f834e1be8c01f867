import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Manifest, Parsed } from "../../src/manifest/manifest.ts";
import type { ManifestProblem } from "../../src/manifest/manifest-problem.ts";
import { readManifest } from "../../src/manifest/read-manifest.ts";
import { openFiles } from "../../src/world/node-files.ts";

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46]);

/** Beginnings of files of several types: reading a manifest looks no further. */
export const STILLS = {
  "still.png": PNG,
  "still.jpg": JPEG,
  "still.webp": Buffer.from("RIFF\u0000\u0000\u0000\u0000WEBPVP8 "),
  "lying.png": JPEG,
  "empty.png": "",
  "moving.png": "GIF89a",
  "words.txt": "hello",
  "folder/inside.png": PNG,
};

export interface ManifestFolder {
  readonly path: string;
  read(name?: string): Promise<Parsed<Manifest>>;
}

/** A temporary folder that holds the given files and goes with the test. */
export async function openFolder(
  files: Readonly<Record<string, string | Uint8Array>>,
  onTestFinished: (close: () => Promise<void>) => void,
): Promise<ManifestFolder> {
  const path = await mkdtemp(join(tmpdir(), "manifest-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    const file = join(path, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  return {
    path,
    read: (name = "film.yaml") => readManifest(name, { files: openFiles() }, { cwd: path }),
  };
}

/** `3:9+2 message [rule] fix`, one text a problem; the number after + is the underlined length. */
export function told(problems: readonly ManifestProblem[]): readonly string[] {
  return problems.map(({ place, length, message, rule, fix }) => {
    const file = place.file === "film.yaml" ? "" : `${place.file}:`;
    return `${file}${place.line}:${place.column}+${length} ${message} [${rule}] ${fix}`;
  });
}

export function problemsOf(parsed: Parsed<Manifest>): readonly string[] {
  return parsed.ok ? [] : told(parsed.problems);
}
