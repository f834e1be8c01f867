import type { ShotId } from "../shot/id.ts";
import { warnOfLongChains } from "./chains.ts";
import { readChecks } from "./checks.ts";
import { readDialogue } from "./dialogue.ts";
import { readShotSound } from "./film-sound.ts";
import { checkCircles, checkShotName, type Need, type ShotNames } from "./graph.ts";
import { checkIds } from "./ids.ts";
import type { Shot } from "./manifest.ts";
import { readRetry } from "./retry.ts";
import type { ManifestText } from "./schema.ts";
import { type Settings, settingsOf } from "./settings.ts";
import type { Sheet } from "./sheet.ts";
import { readStart } from "./shot-start.ts";
import type { ReadSound } from "./sounds.ts";
import type { ReadStill } from "./stills.ts";
import { readWords, styledPrompt } from "./texts.ts";
import type { Variables } from "./variables.ts";

/** Reads all shots and reports what is wrong with them; those that are wrong are missing from the result. */
export async function readShots(
  sheet: Sheet<ManifestText>,
  names: ShotNames,
  variables: Variables,
  readStill: ReadStill,
  readSound: ReadSound,
): Promise<readonly Shot[]> {
  const indices = [...(sheet.draft.shots ?? []).keys()];
  const all = indices.map((index) => settingsOf(index, sheet)).filter((settings) => settings !== undefined);

  checkIds(
    "shot",
    all.flatMap(({ own, namedAt }) => (own.id === undefined ? [] : [{ id: own.id, at: namedAt }])),
    sheet,
  );
  checkNeeds(all, names, sheet);

  const shots: Shot[] = [];
  for (const settings of all) {
    const shot = await readShot(settings, sheet, variables, readStill, readSound);
    if (shot) shots.push(shot);
  }
  return withInheritedRatios(shots);
}

/** The names of the shots, before anything else about them is known. */
export function shotNames(sheet: Sheet<ManifestText>): ShotNames {
  const shots = sheet.draft.shots;
  const ids = (shots ?? []).map((shot) => shot?.id);
  const known = ids.filter((id) => id !== undefined);
  return { ids: new Set(known), complete: shots !== undefined && known.length === ids.length };
}

function checkNeeds(all: readonly Settings[], names: ShotNames, sheet: Sheet<ManifestText>): void {
  const needs: Need[] = [];
  for (const { own, at, subject } of all) {
    for (const how of ["follows", "extends"] as const) {
      const parent = own[how];
      if (parent === undefined) continue;
      checkShotName(parent, [...at, how], `${subject} ${how}`, names, sheet);
      if (own.id !== undefined) needs.push({ shot: own.id, how, parent, at: [...at, how] });
    }
  }
  checkCircles(needs, sheet);
  warnOfLongChains(needs, sheet);
}

async function readShot(
  settings: Settings,
  sheet: Sheet<ManifestText>,
  variables: Variables,
  readStill: ReadStill,
  readSound: ReadSound,
): Promise<Shot | undefined> {
  const { own, at, subject, namedAt } = settings;
  const words = (key: "prompt" | "style") => {
    const { value, at: place } = key === "prompt" ? { value: own.prompt, at: [...at, key] } : settings.get(key);
    return value === undefined ? undefined : readWords(value, place, subject, sheet, variables);
  };
  const prompt = words("prompt");
  const style = words("style");
  const dialogue = readDialogue(settings, sheet, variables);
  if (prompt === "") {
    const message = `"prompt" of ${subject} is blank`;
    sheet.problem({ rule: "blank-prompt", at: [...at, "prompt"], message, fix: "Say what is to be seen." });
  }
  const start = await readStart(settings, sheet, variables, readStill);
  const sound = await readShotSound(settings, sheet, readSound);
  const model = settings.get("model").value ?? "veo3_fast";
  const promptPlace = sheet.place([...at, "prompt"]);
  const retry = readRetry(settings, sheet, variables, {
    prompt,
    style,
    model,
    start: start ?? { from: "prompt" },
    promptPlace,
  });
  if (own.id === undefined || !prompt || !start) return undefined;

  return {
    id: own.id as ShotId,
    place: sheet.place(namedAt),
    promptPlace,
    prompt: styledPrompt(prompt, style),
    model,
    aspectRatio: settings.get("aspect_ratio").value ?? "16:9",
    resolution: settings.get("resolution").value ?? "720p",
    translate: settings.get("translate").value ?? false,
    seed: settings.get("seed").value,
    start,
    takes: settings.get("takes").value ?? 1,
    pick: settings.get("pick").value,
    dialogue,
    sound,
    retry,
    seamTrim: settings.get("seam_trim").value ?? "auto",
    colourMatch: settings.get("colour_match").value ?? false,
    checks: readChecks(settings, sheet),
  };
}

/** An extension has the shape of what it extends. */
function withInheritedRatios(shots: readonly Shot[]): readonly Shot[] {
  const byId = new Map(shots.map((shot) => [shot.id, shot]));
  return shots.map((shot) => {
    let root: Shot | undefined = shot;
    // Bounded, as a circle has been reported but not taken out.
    for (let step = 0; step < shots.length && root?.start.from === "extends"; step++)
      root = byId.get(root.start.parent);
    return root && root !== shot ? { ...shot, aspectRatio: root.aspectRatio } : shot;
  });
}
