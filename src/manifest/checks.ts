import { type Checks, USUAL_CHECKS } from "../shot/clip-check.ts";
import { present } from "./present.ts";
import type { ManifestText } from "./schema.ts";
import type { Settings } from "./settings.ts";
import type { Sheet } from "./sheet.ts";

/** How serious each finding in a shot's clips is: check by check, the shot's own word before that of the whole manifest. */
export function readChecks(settings: Settings, sheet: Sheet<ManifestText>): Checks {
  const { defaults, checks } = sheet.draft;
  const own = settings.own.checks;
  return { ...USUAL_CHECKS, ...present(checks), ...present(defaults?.checks), ...present(own) };
}
