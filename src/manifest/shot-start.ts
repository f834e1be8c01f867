import type { ShotId } from "../shot/id.ts";
import { REFERENCE_MODELS } from "../shot/model.ts";
import type { Path } from "./located.ts";
import type { ShotStart } from "./manifest.ts";
import type { ManifestText } from "./schema.ts";
import type { Settings } from "./settings.ts";
import type { Sheet } from "./sheet.ts";
import type { ReadStill } from "./stills.ts";
import type { Variables } from "./variables.ts";
import { allOf, oneOf, quoted } from "./wording.ts";

/** The four keys that say what a shot's picture begins from; without any it begins from its prompt alone. */
const BEGINNINGS = ["image", "references", "follows", "extends"] as const;
type Beginning = (typeof BEGINNINGS)[number];

/** Reads what a shot begins from, and holds it against the shot's other settings. Undefined when it cannot be used. */
export async function readStart(
  settings: Settings,
  sheet: Sheet<ManifestText>,
  variables: Variables,
  readStill: ReadStill,
): Promise<ShotStart | undefined> {
  const beginning = chooseBeginning(settings, sheet);
  if (beginning === "unclear") return undefined;
  const look = (text: string, at: Path) => readStill(variables.fill(text, at), at);

  checkRatio(beginning, settings, sheet);
  if (beginning === "references") checkModel(settings, sheet);
  if (beginning === "extends") checkExtension(settings, sheet);
  const lastAllowed = checkLastImage(beginning, settings, sheet);
  const lastSetting = settings.get("last_image");
  const last =
    lastAllowed && lastSetting.value !== undefined ? await look(lastSetting.value, lastSetting.at) : undefined;

  switch (beginning) {
    case undefined:
      return { from: "prompt" };
    case "follows":
    case "extends": {
      const parent = settings.own[beginning] as ShotId | undefined;
      if (parent === undefined) return undefined;
      if (beginning === "extends") return { from: "extends", parent };
      return last ? { from: "follows", parent, last } : { from: "follows", parent };
    }
    case "image": {
      const { value, at } = settings.get("image");
      const first = value === undefined ? undefined : await look(value, at);
      if (!first) return undefined;
      return last ? { from: "image", first, last } : { from: "image", first };
    }
    case "references": {
      const { value, at } = settings.get("references");
      const images = [];
      for (const [index, text] of (value ?? []).entries()) {
        const image = text === undefined ? undefined : await look(text, [...at, index]);
        if (image) images.push(image);
      }
      return { from: "references", images };
    }
  }
}

/** A beginning of the shot's own takes the place of one in `defaults`. */
function chooseBeginning(settings: Settings, sheet: Sheet<ManifestText>): Beginning | undefined | "unclear" {
  const own = BEGINNINGS.filter((key) => sheet.stands([...settings.at, key]));
  const common = BEGINNINGS.filter((key) => sheet.stands(["defaults", key]) && !sheet.judged(["defaults", key]));
  const [keys, base, who] =
    own.length > 0 ? [own, settings.at, settings.subject] : [common, ["defaults"], '"defaults"'];
  if (keys.length < 2) return keys[0];
  if (keys.some((key) => sheet.judged([...base, key]))) return "unclear";

  const inOrder = keys.toSorted((a, b) => {
    const [left, right] = [sheet.place([...base, a]), sheet.place([...base, b])];
    return left.line - right.line || left.column - right.column;
  });
  sheet.problem({
    rule: "shot-start",
    at: [...base, inOrder[1] ?? ""],
    message: `${who} has ${allOf(inOrder)}; a shot begins from only one of ${oneOf(BEGINNINGS)}`,
    fix: "Keep one of them.",
  });
  return "unclear";
}

function checkRatio(beginning: Beginning | undefined, settings: Settings, sheet: Sheet<ManifestText>): void {
  const ratio = settings.get("aspect_ratio");
  if (beginning === "extends" && ratio.own) {
    sheet.problem({
      rule: "extends-own",
      at: ratio.at,
      message: `${settings.subject} extends another shot and keeps that one's picture; it cannot have an aspect_ratio of its own`,
      fix: "Take the aspect_ratio out.",
    });
    return;
  }
  if (ratio.value !== "Auto" || beginning === "extends" || beginning === "image" || beginning === "follows") return;
  const fix = 'Write aspect_ratio: "16:9" or "9:16" in this shot.';
  // A ratio out of `defaults` is wrong for this shot only, so this shot is where it must be mended.
  const at = ratio.own ? ratio.at : settings.namedAt;
  const message =
    beginning === "references"
      ? `${settings.subject} has references and the aspect_ratio Auto; with references it must be 16:9 or 9:16`
      : `${settings.subject} has the aspect_ratio Auto and no first frame to take it from`;
  sheet.problem({ rule: beginning === "references" ? "references-ratio" : "auto-ratio", at, message, fix });
}

function checkModel(settings: Settings, sheet: Sheet<ManifestText>): void {
  const model = settings.get("model");
  if (model.value === undefined || REFERENCE_MODELS.includes(model.value)) return;
  const references = settings.get("references");
  sheet.problem({
    rule: "references-model",
    at: model.own ? model.at : references.own ? references.at : settings.namedAt,
    message: `${settings.subject} has references, which ${model.value} does not take; ${allOf(REFERENCE_MODELS)} do`,
    fix: `Write model: ${REFERENCE_MODELS[0]}, or take the references out.`,
  });
}

function checkExtension(settings: Settings, sheet: Sheet<ManifestText>): void {
  const translate = settings.get("translate");
  if (!translate.own || translate.value !== true) return;
  sheet.problem({
    rule: "extends-own",
    at: translate.at,
    message: `${settings.subject} extends another shot; the vendor does not translate the prompts of extensions`,
    fix: "Take translate out and write the prompt in English.",
  });
}

/** Whether a last frame may be looked at. One in `defaults` concerns only the shots that can have one. */
function checkLastImage(beginning: Beginning | undefined, settings: Settings, sheet: Sheet<ManifestText>): boolean {
  if (beginning === "image" || beginning === "follows") return true;
  if (!sheet.stands([...settings.at, "last_image"]) || sheet.judged([...settings.at, "last_image"])) return false;
  sheet.problem({
    rule: "last-image",
    at: [...settings.at, "last_image"],
    message: `${settings.subject} has a last_image and neither image nor follows; a last frame needs a first one`,
    fix: `Give ${quoted(String(settings.own.id ?? "it"))} an image or follows, or take last_image out.`,
  });
  return false;
}
