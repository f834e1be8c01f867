import type { Envelope } from "./envelope.ts";
import type { RefusalCause, Refused } from "./outcome.ts";

/** Codes by which the vendor turns a request down for good. */
const CAUSE_BY_CODE: ReadonlyMap<number, RefusalCause> = new Map([
  [400, "content"],
  [404, "not-found"],
  [422, "validation"],
  [451, "image"],
]);

/** Words that say more than the code does, the most telling first. */
const CAUSE_BY_WORDS: readonly (readonly [RegExp, RefusalCause])[] = [
  [/within 14 days/i, "expired"],
  [/fetch the image|image upload|(minor|people) upload/i, "image"],
  [/content polic|flagged by|rejected by flow|only english prompts/i, "content"],
  [/4k version .*unavailable|fallback model|using fallback/i, "unavailable"],
  [/record\w* is null|(record|task|resource) (does not exist|not found)/i, "not-found"],
];

/** What an answer turns down; undefined when its code is none of the refusing ones. */
export function refusalOf(reply: Envelope): Refused | undefined {
  const byCode = CAUSE_BY_CODE.get(reply.code);
  return byCode === undefined ? undefined : refused(reply, causeByWords(reply.message) ?? byCode);
}

export function refused(reply: Envelope, cause: RefusalCause): Refused {
  return { outcome: "refused", cause, code: reply.code, message: reply.message || `refused with code ${reply.code}` };
}

/** What the vendor's words alone say about the reason. */
function causeByWords(message: string): RefusalCause | undefined {
  return CAUSE_BY_WORDS.find(([words]) => words.test(message))?.[1];
}
