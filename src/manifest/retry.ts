import { REFERENCE_MODELS } from "../shot/model.ts";
import type { Draft } from "./draft.ts";
import type { Path } from "./located.ts";
import type { RetryPolicy, Shot } from "./manifest.ts";
import type { ManifestText } from "./schema.ts";
import type { Settings } from "./settings.ts";
import type { Sheet } from "./sheet.ts";
import { readWords, styledPrompt } from "./texts.ts";
import type { Variables } from "./variables.ts";
import { allOf } from "./wording.ts";

/** What a shot is bought as first: its prompt without the style, and what both prompts share. */
export interface FirstAttempt extends Pick<Shot, "model" | "start" | "promptPlace"> {
  /** undefined where it was found wrong */
  readonly prompt: string | undefined;
  readonly style: string | undefined;
}

/** A policy as it is written, and where. */
interface Written {
  readonly value: Draft<NonNullable<ManifestText["retry"]>>;
  readonly at: Path;
  /** in the shot, and so for it alone */
  readonly own: boolean;
  /** its name in messages */
  readonly owner: string;
}

/**
 * Reads when a shot is bought again by itself: its own policy as a whole, else the one for all shots. Undefined where it
 * never is.
 */
export function readRetry(
  settings: Settings,
  sheet: Sheet<ManifestText>,
  variables: Variables,
  first: FirstAttempt,
): RetryPolicy | undefined {
  const written = policyFor(settings, sheet);
  if (!written) return undefined;
  const { failed = 0, refused = 0, checks = 0, model = first.model } = written.value;
  const prompt = readPrompt(written, sheet, variables, first);
  checkReferences(written, settings, sheet, first);
  if (failed + refused + checks === 0) {
    refuseIdle(written, sheet);
    return undefined;
  }
  return {
    failed,
    refused,
    checks,
    prompt: styledPrompt(prompt ?? first.prompt ?? "", first.style),
    promptPlace: prompt === undefined ? first.promptPlace : sheet.place([...written.at, "prompt"]),
    model,
  };
}

function policyFor(settings: Settings, sheet: Sheet<ManifestText>): Written | undefined {
  const said = settings.get("retry");
  const isAtTop = sheet.stands(["retry"]);
  if (isAtTop && sheet.stands(["defaults", "retry"])) {
    const message = '"retry" stands for all shots at the top and in "defaults" again';
    sheet.problem({ rule: "retry-twice", at: ["defaults", "retry"], message, fix: "Keep one of them.", mark: "key" });
  }
  const found = isAtTop && !said.own ? { value: sheet.draft.retry, at: ["retry"], own: false } : said;
  if (found.value === undefined) return undefined;
  const owner = found.own ? `"retry" of ${settings.subject}` : isAtTop ? '"retry"' : '"retry" of "defaults"';
  return { ...found, value: found.value, owner };
}

function readPrompt(
  { value, at: policyAt, own, owner }: Written,
  sheet: Sheet<ManifestText>,
  variables: Variables,
  first: FirstAttempt,
): string | undefined {
  if (value.prompt === undefined) return undefined;
  const at = [...policyAt, "prompt"];
  // One prompt for all shots makes them all the same picture, unless their own words are in it.
  if (!own && !/\$\{prompt\}/.test(value.prompt) && (sheet.draft.shots ?? []).length > 1) {
    const message = `"prompt" of ${owner} is the same for every shot that is tried again`;
    const fix = `Write \${prompt} where the shot's own words belong, or write retry in the shot it is meant for.`;
    sheet.warning({ rule: "retry-prompt", at, message, fix });
  }
  const words = readWords(value.prompt, at, owner, sheet, variables, { prompt: first.prompt ?? "" });
  if (words === "" && first.prompt) {
    const fix = `Say what is to be seen; \${prompt} stands for the shot's own words.`;
    sheet.problem({ rule: "blank-prompt", at, message: `"prompt" of ${owner} is blank`, fix });
  }
  return words;
}

function checkReferences(
  { value: { model }, at, own }: Written,
  settings: Settings,
  sheet: Sheet<ManifestText>,
  { start }: FirstAttempt,
): void {
  if (model === undefined || start.from !== "references" || REFERENCE_MODELS.includes(model)) return;
  sheet.problem({
    rule: "references-model",
    // A policy of all shots is wrong for this one only, so this one is where it must be mended.
    at: own ? [...at, "model"] : settings.namedAt,
    message: `${settings.subject} has references and would be tried again with ${model}, which does not take them; ${allOf(REFERENCE_MODELS)} do`,
    fix: own ? `Write model: ${REFERENCE_MODELS[0]}.` : "Give this shot a retry of its own.",
  });
}

/** A second prompt or model that nothing leads to is a policy its author believes in and does not have. */
function refuseIdle({ at, owner }: Written, sheet: Sheet<ManifestText>): void {
  if ((["failed", "refused", "checks"] as const).some((end) => sheet.judged([...at, end]))) return;
  const [key] = (["prompt", "model"] as const).filter((each) => sheet.stands([...at, each]));
  if (key === undefined) return;
  const message = `${owner} has a ${key} and never tries again: none of failed, refused and checks is above 0`;
  const fix = "Write failed: 1 or refused: 1 beside it: how many takes may be bought again for that reason.";
  sheet.problem({ rule: "retry-never", at: [...at, key], message, fix, mark: "key" });
}
