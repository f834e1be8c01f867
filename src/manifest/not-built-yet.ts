import type { Path } from "./located.ts";
import type { ManifestText } from "./schema.ts";
import type { Sheet } from "./sheet.ts";
import { quoted } from "./wording.ts";

/** Keys of the whole manifest that format 1 has and this program does not heed yet. */
const TOP_KEYS = ["matrix"] as const;

/**
 * Refuses by name what format 1 has and this program does not do yet: a key that is silently without effect would
 * cost its author a film they did not want.
 */
export function refuseNotBuiltYet(sheet: Sheet<ManifestText>): void {
  const { draft } = sheet;
  for (const key of TOP_KEYS) {
    if (draft[key] !== undefined) refuse(sheet, [key], `${quoted(key)} is not built yet`, `Take ${key} out.`, "key");
  }
  for (const [index, sequence] of (draft.sequences ?? []).entries()) {
    if (!sequence) continue;
    const at = ["sequences", index];
    const who = sequence.id === undefined ? `sequence ${index + 1}` : `sequence ${quoted(sequence.id)}`;
    const { captions } = sequence;
    const way = typeof captions === "string" ? captions : captions?.burned === undefined ? captions?.as : "burned";
    if (way === "burned") {
      const message = `${who} asks for burned captions, which are not built yet`;
      refuse(sheet, [...at, "captions"], message, "Write soft: a track in the film that players can show.");
    }
  }
}

function refuse(sheet: Sheet<ManifestText>, at: Path, message: string, fix: string, mark?: "key"): void {
  sheet.problem({ rule: "not-built-yet", at, message, fix, ...(mark && { mark }) });
}
