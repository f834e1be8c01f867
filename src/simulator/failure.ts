/** A way in which a task that was accepted ends badly: the vendor's `errorCode` and words. */
export interface Failure {
  readonly code: 400 | 500 | 501;
  /** the outer code where a switch moves failures into the envelope */
  readonly envelopeCode: number;
  readonly message: string;
}

const flow = (reason: string) =>
  `Your request was rejected by Flow(${reason}). You may consider using our other fallback channels, which are likely to succeed. Please refer to the documentation.`;

/** Names are what prompts and fault files write after `fail:`. @see kie.ai "Get Veo3.1 Video Details", codes 400, 451, 500 and 501 */
export const FAILURES = {
  policy: {
    code: 400,
    envelopeCode: 400,
    message: "Your prompt was flagged by Website as violating content policies.",
  },
  english: { code: 400, envelopeCode: 400, message: "Only English prompts are supported at this time." },
  "image-fetch": {
    code: 400,
    envelopeCode: 451,
    message: "Failed to fetch the image. Kindly verify any access limits set by you or your service provider.",
  },
  "unsafe-image": { code: 400, envelopeCode: 400, message: "public error unsafe image upload." },
  minor: { code: 400, envelopeCode: 400, message: flow("public error minor upload") },
  people: { code: 400, envelopeCode: 400, message: flow("public error prominent people upload") },
  audio: {
    code: 400,
    envelopeCode: 400,
    message: "The Google model was unable to generate audio for this request.",
  },
  internal: { code: 500, envelopeCode: 500, message: "Internal Error, Please try again later." },
  timeout: { code: 500, envelopeCode: 500, message: "Internal Error - Timeout" },
  failed: { code: 501, envelopeCode: 501, message: "Failed - Video generation task failed" },
} as const satisfies Record<string, Failure>;

export type FailureName = keyof typeof FAILURES;
export const FAILURE_NAMES = Object.keys(FAILURES) as readonly FailureName[];

export function isFailureName(name: string): name is FailureName {
  return Object.hasOwn(FAILURES, name);
}

/** Words of a refusal at the door, by code; texts the vendor documents or was seen to send, the rest by guess. */
export const REFUSALS: Readonly<Record<number, string>> = {
  400: FAILURES.policy.message,
  401: "You do not have access permissions",
  402: "Credits insufficient : Your current balance isn't enough to run this request. Please top up to continue.",
  404: "Not Found",
  408: "Timeout",
  422: flow("PUBLIC_ERROR_UNSAFE_GENERATION"),
  429: "Rate limit exceeded",
  430: "Your call frequency is too high. Please try again later.",
  433: "The usage limit of this API key has been reached.",
  451: FAILURES["image-fetch"].message,
  455: "Service Unavailable - System is currently undergoing maintenance",
  500: "Server Error - An unexpected error occurred while processing the request",
  501: FAILURES.failed.message,
  505: "This feature is currently disabled.",
};
