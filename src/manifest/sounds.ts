import { resolve } from "node:path";
import type { Sha256 } from "../shot/id.ts";
import type { SoundFile } from "../shot/sound-file.ts";
import type { Files } from "../world/files.ts";
import type { Path } from "./located.ts";
import type { ManifestText } from "./schema.ts";
import type { Sheet } from "./sheet.ts";
import { soundTypeOf, TELLING_SOUND_BYTES } from "./sound-type.ts";
import { quoted } from "./wording.ts";

/** Looks at the sounds a manifest names. Undefined when one cannot be used, which then was reported. */
export type ReadSound = (text: string, at: Path) => Promise<SoundFile | undefined>;

/** @param folder - absolute; where relative paths begin */
export function soundReader(files: Files, folder: string, sheet: Sheet<ManifestText>): ReadSound {
  const looked = new Map<string, Promise<SoundFile | Refusal>>();
  return async (text, at) => {
    const path = resolve(folder, text);
    const look = looked.get(path) ?? lookAt(files, path);
    looked.set(path, look);
    const found = await look;
    if ("path" in found) return found;
    sheet.problem({ ...found, at, message: `the sound ${quoted(text)} ${found.message}` });
    return undefined;
  };
}

interface Refusal {
  readonly rule: string;
  readonly message: string;
  readonly fix: string;
}

async function lookAt(files: Files, path: string): Promise<SoundFile | Refusal> {
  try {
    const stat = await files.stat(path);
    if (!stat) {
      const fix = "Check the path: it begins at the manifest's folder.";
      return { rule: "sound-missing", message: "is not there", fix };
    }
    if (stat.kind !== "file") return { rule: "sound-type", message: "is no file", fix: "Name a sound file." };
    const length = Math.min(TELLING_SOUND_BYTES, stat.bytes);
    const type = soundTypeOf(await files.readBytes(path, { start: 0, length }));
    if (!type) {
      const message = "is no WAV, AIFF, FLAC, MP3, Ogg, AAC or M4A by its bytes";
      return { rule: "sound-type", message, fix: "Save it as WAV or FLAC." };
    }
    return { path, sha256: (await files.sha256(path)) as Sha256, type };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { rule: "sound-unreadable", message: `cannot be read: ${why}`, fix: "Check its permissions." };
  }
}
