import type { Hook } from "./manifest.ts";
import type { ManifestText } from "./schema.ts";
import type { Sheet } from "./sheet.ts";
import { quoted } from "./wording.ts";

const KEYS = { done: "on_done", failed: "on_failed" } as const;

/** Reads what happens after a run; undefined where nothing does, or what is written cannot be done. */
export function readHook(when: keyof typeof KEYS, sheet: Sheet<ManifestText>): Hook | undefined {
  const key = KEYS[when];
  const written = sheet.draft[key];
  if (written === undefined || sheet.judged([key])) return undefined;
  const isJudged = sheet.judged([key, "command"]) || sheet.judged([key, "webhook"]);
  const { command, webhook } = written;
  if ((command === undefined) === (webhook === undefined)) {
    if (isJudged) return undefined;
    const both = command !== undefined;
    const message = `${quoted(key)} ${both ? "has both a command and a webhook" : "has neither a command nor a webhook"}`;
    const fix = both
      ? "Keep one: a program can send what it likes."
      : "Write `command: [program, argument]` or `webhook: https://…`.";
    sheet.problem({ rule: "hook", at: [key], message, fix, mark: "key" });
    return undefined;
  }
  const place = sheet.place([key]);
  if (webhook !== undefined) {
    return isWebhook(webhook, key, sheet) ? { when, place, does: "webhook", url: webhook } : undefined;
  }
  const [program, ...args] = (command ?? []).filter((word) => word !== undefined);
  if (isJudged || program === undefined) return undefined;
  warnOfVariables([program, ...args], key, sheet);
  return { when, place, does: "command", program, args };
}

/** Plain http only to this machine: whether that is allowed is the run's to say, which knows where the API is. */
function isWebhook(address: string, key: string, sheet: Sheet<ManifestText>): boolean {
  const at = [key, "webhook"];
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url && url.username === "" && url.password === "") return true;
  const message = url
    ? `the webhook of ${quoted(key)} carries a password`
    : `the webhook of ${quoted(key)}, ${quoted(address)}, is no address`;
  const fix = url ? "Take user and password out: they would stand in logs." : "Write an https address.";
  sheet.problem({ rule: "hook", at, message, fix });
  return false;
}

/** Arguments are passed as they are written. An author who fills variables in everywhere else may expect otherwise. */
function warnOfVariables(words: readonly string[], key: string, sheet: Sheet<ManifestText>): void {
  const known = Object.keys(sheet.draft.variables ?? {});
  for (const [index, word] of words.entries()) {
    const name = known.find((each) => word.includes(`\${${each}}`));
    if (name === undefined) continue;
    const message = `variables do not stand in commands: ${quoted(word)} is passed as it is written`;
    const fix = "Write the text out, or read what the program is told in CALLSHEET_NAME and its like.";
    sheet.warning({ rule: "hook-variable", at: [key, "command", index], message, fix });
  }
}
