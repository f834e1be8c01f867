import type { Problem } from "../shot/problem.ts";
import type { Manifest } from "./manifest.ts";
import { quoted } from "./wording.ts";

/** Manifests of one command whose films would land in one folder, each reported against the first of its name. */
export function duplicateNames(manifests: readonly Manifest[]): readonly Problem[] {
  const first = new Map<string, Manifest>();
  return manifests.flatMap((manifest) => {
    const earlier = first.get(manifest.name.toLowerCase());
    if (!earlier) {
      first.set(manifest.name.toLowerCase(), manifest);
      return [];
    }
    const isSame = earlier.path === manifest.path;
    return [
      {
        rule: "duplicate-name",
        message: isSame
          ? "this manifest is named twice in one command"
          : `the name ${quoted(manifest.name)} is also that of ${earlier.shown}; both would be written into one folder`,
        fix: isSame ? "Name it once." : "Give one of the two a `name:` of its own.",
        place: { file: manifest.shown, line: 1, column: 1 },
      },
    ];
  });
}
