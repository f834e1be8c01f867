import { isSafeName } from "../shot/id.ts";
import { showPlace } from "../shot/place.ts";
import type { Path } from "./located.ts";
import type { ManifestText } from "./schema.ts";
import type { Sheet } from "./sheet.ts";
import { quoted } from "./wording.ts";

/** A name made safe: what the author most likely wants instead. Undefined when nothing of it is left. */
export function saferName(name: string): string | undefined {
  const bare = name
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^A-Za-z0-9_-]+/g, "-")
    .replaceAll(/^[-_]+|-+$/g, "")
    .slice(0, 64);
  const candidate = isSafeName(bare) ? bare : `${bare}-1`;
  return isSafeName(candidate) ? candidate : undefined;
}

/** Ids are file names: each must be safe as one, and no two may share a file on a system that ignores case. */
export function checkIds(
  noun: "shot" | "sequence",
  ids: readonly { readonly id: string; readonly at: Path }[],
  sheet: Sheet<ManifestText>,
): void {
  const taken = new Map<string, { readonly id: string; readonly at: Path }>();
  for (const { id, at } of ids) {
    if (!isSafeName(id)) {
      const safer = saferName(id);
      const message = `the ${noun} id ${quoted(id)} cannot be a file name everywhere: up to 64 letters, digits, - and _`;
      const fix = safer === undefined ? "Give it another id." : `Write ${safer}.`;
      sheet.problem({ rule: "unsafe-id", at, message, fix });
    }
    const earlier = taken.get(id.toLowerCase());
    if (!earlier) {
      taken.set(id.toLowerCase(), { id, at });
      continue;
    }
    const where = showPlace(sheet.place(earlier.at));
    const message =
      earlier.id === id
        ? `the ${noun} id ${quoted(id)} is already taken at ${where}`
        : `the ${noun} id ${quoted(id)} differs only by case from ${quoted(earlier.id)} at ${where}; some disks keep both in one place`;
    sheet.problem({ rule: "duplicate-id", at, message, fix: "Give one of the two another id." });
  }
}
