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
    if (draft[key] === undefined) continue;
    const message = `${quoted(key)} is not built yet`;
    sheet.problem({ rule: "not-built-yet", at: [key], message, fix: `Take ${key} out.`, mark: "key" });
  }
}
