import { commandLine } from "../manifest/command-line.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { placeOfProblem, waysToSettle } from "../plan/problem-today.ts";
import type { Deferred, Refused } from "../provider/outcome.ts";
import type { ShotId } from "../shot/id.ts";
import type { Problem } from "../shot/problem.ts";
import { type BalanceTrace, judgeTrace } from "./balance-trace.ts";

/** What a purchase is about, for the words of its problems. */
export interface Subject {
  readonly manifest: Manifest;
  readonly shot: ShotId;
  readonly take: number;
  /** what the vendor was sent, where the words of the prompt are what may be wrong */
  readonly prompt?: string;
}

/** The vendor said no to this request: nothing was bought. */
export function refusedProblem(subject: Subject, { cause, code, message }: Refused): Problem {
  const fixes: Record<Refused["cause"], string> = {
    content: "Change the prompt and run again.",
    image: "Change the picture or its address and run again.",
    validation: "Change the shot and run again.",
    expired: `Buy another take: --force ${subject.shot}.`,
    unavailable: "Try again later with --retry-failed.",
    "not-found": "Buy the shot it extends again, or leave it out.",
  };
  return about(
    subject,
    "refused",
    `was refused by the vendor (code ${code}): ${clause(message)}. Nothing was bought`,
    fixes[cause],
  );
}

/**
 * The vendor said "not now": nothing is wrong with the shot.
 *
 * @param spent - said of the money; a question about what was bought before must not say that nothing was
 */
export function deferredProblem(
  subject: Subject,
  { cause, code, message }: Deferred,
  spent = "Nothing was bought",
): Problem {
  const said = `${clause(message)}${code === undefined ? "" : ` (code ${code})`}`;
  const words: Record<Deferred["cause"], readonly [string, string]> = {
    rate: ["the vendor takes no more starts just now", "It is sent again by itself."],
    maintenance: ["the vendor is under maintenance", "Run the same command again later."],
    unreachable: ["the vendor could not be reached", "Check the network and run the same command again."],
    key: ["the key was refused", "Set KIE_API_KEY to a valid key and run the same command again."],
    credits: [
      "the account has no credits left for it",
      "Top up and run the same command again; finished takes are not paid for twice.",
    ],
    "key-cap": [
      "the key has reached its own spending cap",
      "Raise the key's cap or wait until it renews, then run the same command again.",
    ],
    disabled: ["the vendor has switched this kind of call off", "Run the same command again later."],
  };
  const [why, fix] = words[cause];
  return about(subject, `vendor-${cause}`, `waits: ${why}: ${said}. ${spent}`, fix);
}

/** No answer came: it may have been bought, and only a person can find out. */
export function unconfirmedProblem(
  subject: Subject,
  why: string,
  at: number,
  credits: number,
  trace?: BalanceTrace,
): Problem {
  const { manifest, shot, take } = subject;
  const when = new Date(at).toISOString();
  return about(
    subject,
    "unconfirmed",
    `was sent at ${when}, and whether it was bought is unknown: ${why}. It may have cost ${credits} credits, so it is not sent again${trace ? `. ${balanceWords(trace, credits)}` : ""}`,
    waysToSettle(manifest, shot, take),
  );
}

/** What the balance did, and what that says. */
function balanceWords(trace: BalanceTrace, credits: number): string {
  const { since, fell, explained, doubtful } = trace;
  const rounded = (amount: number) => Math.round(amount * 100) / 100;
  const time = new Date(since).toISOString();
  const moved =
    Math.abs(fell) < 0.005
      ? `The balance did not move since ${time}`
      : `The balance ${fell > 0 ? "fell" : "rose"} by ${rounded(Math.abs(fell))} since ${time}`;
  const others = `, of which ${rounded(explained)} are explained by other purchases`;
  const open = doubtful > 0 ? ` and up to ${rounded(doubtful)} more may be` : "";
  const verdict = {
    bought: "it was probably bought, unless others use the account",
    "not bought": "it was probably not bought, unless others use the account",
    unclear: "that does not tell whether it was bought",
  }[judgeTrace(trace, credits)];
  const explanation = explained === 0 && doubtful === 0 && fell === 0 ? "" : `${others}${open}`;
  return `${moved}${explanation}: ${verdict}`;
}

/** Bought, and the vendor could not make it. */
export function failedProblem(
  subject: Subject,
  code: number | undefined,
  message: string,
  transient: boolean,
): Problem {
  const said = `${clause(message)}${code === undefined ? "" : ` (code ${code})`}`;
  const fix = transient
    ? "The same prompt often works at another try: --retry-failed buys it again."
    : "Change the prompt and run again, or buy the same again with --retry-failed.";
  return about(
    subject,
    "failed",
    `was accepted, but the vendor could not make it: ${said}. The vendor pays failed takes back`,
    fix,
  );
}

/**
 * Made, as the vendor says, and no file of it to be had: nobody says that the credits come back.
 *
 * @param wholeUrls - of an extension: where the film lies onto which it was stitched
 */
export function emptyProblem(subject: Subject, task: string, wholeUrls: readonly string[]): Problem {
  const whole =
    wholeUrls.length === 0 ? "" : `. There is only the film that it was stitched onto: ${wholeUrls.join(" ")}`;
  const fix = `Ask the vendor for the file, or for the credits, of task ${task}: https://kie.ai/logs. If the file turns up: ${commandLine(subject.manifest, "salvage")}. To buy it again: --retry-failed.`;
  return about(
    subject,
    "made-without-file",
    `was made as task ${task}, as the vendor says, but it gives no address of a file; the credits may be spent${whole}`,
    fix,
  );
}

/** Bought, and not to be found any more. */
export function lostProblem(subject: Subject, message: string): Problem {
  const fix = "Look for it at https://kie.ai/logs. To buy it again: --retry-failed.";
  return about(subject, "lost", `was bought, but the vendor does not know it any more: ${message}`, fix);
}

/** The vendor answers, and does not know the task: no proof that it is gone, as each key sees its own tasks alone. */
export function unknownTaskProblem(subject: Subject, task: string): Problem {
  return about(
    subject,
    "task-unknown",
    `is bought as task ${task}, which the vendor does not know under this key`,
    `Check KIE_API_KEY and KIE_API_URL and run the same command again. If https://kie.ai/logs does not have it either, buy another take with --force ${subject.shot}: films then use that one.`,
  );
}

/** Not there yet when we stopped looking. */
export function stillGeneratingProblem(subject: Subject, minutes: number): Problem {
  const fix = `Run the same command again: it goes on waiting and buys nothing twice. To go on without it: --force ${subject.shot} buys another take, and films use that one.`;
  return about(subject, "still-generating", `is bought and still generating after ${minutes} minutes`, fix);
}

/** The vendor has only errors for it: by its own pages a 500 may be a failed task, or a hiccup that passes. */
export function unclearTaskProblem(subject: Subject, task: string, minutes: number, message: string): Problem {
  return about(
    subject,
    "task-unclear",
    `is bought as task ${task}, and after ${minutes} minutes the vendor still does not say how it stands: ${clause(message)}`,
    `Run the same command again: it is asked again and nothing is bought twice. If https://kie.ai/logs says that it failed, buy another take with --force ${subject.shot}: films then use that one.`,
  );
}

/** The vendor's words as a part of our sentence. */
export function clause(message: string): string {
  return message.replace(/[.\s]+$/, "");
}

/** A problem of one take, with the place of its shot. */
export function about(subject: Subject, rule: string, what: string, fix: string): Problem {
  const { manifest, shot, take } = subject;
  const found = manifest.shots.find(({ id }) => id === shot);
  return {
    rule,
    message: `shot "${shot}" (take ${take}) ${what}`,
    fix,
    place: found ? placeOfProblem(found, rule, subject.prompt) : null,
  };
}
