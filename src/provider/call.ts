import type { HttpForm, HttpTimeouts } from "../world/http.ts";
import type { World } from "../world/world.ts";
import { noAnswer, type Reply, readEnvelope } from "./envelope.ts";
import type { ProviderSettings } from "./provider.ts";
import { USER_AGENT } from "./user-agent.ts";

/** A call to one of the vendor's two hosts. */
export interface Call {
  readonly host: "api" | "upload";
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>> | HttpForm;
  /** whether it may cost credits: such a call gets a connection of its own and more patience */
  readonly buys?: boolean;
}

/** Sends a call once. The key goes to the vendor's two hosts and nowhere else. */
export type Caller = (call: Call, signal?: AbortSignal) => Promise<Reply>;

/** A purchase is given much time: to hang up on it leaves a question that only a person can answer. */
const BUYING: HttpTimeouts = { connectMs: 10_000, headersMs: 90_000, bodyMs: 30_000 };
const ASKING: HttpTimeouts = { connectMs: 10_000, headersMs: 30_000, bodyMs: 30_000 };
/** includes the time that the bytes need on their way up */
const UPLOADING: HttpTimeouts = { connectMs: 10_000, headersMs: 180_000, bodyMs: 30_000 };

export function openCaller(settings: ProviderSettings, { http, clock }: Pick<World, "http" | "clock">): Caller {
  return async (call, signal) => {
    const url = new URL(call.path, call.host === "api" ? settings.apiUrl : settings.uploadUrl);
    for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value);
    const form = isForm(call.body) ? call.body : undefined;
    const headers = {
      authorization: `Bearer ${settings.key}`,
      accept: "application/json",
      "user-agent": USER_AGENT,
      // asked for on every call, even those without a body; a form's own type carries its boundary
      ...(form ? {} : { "content-type": "application/json" }),
    };
    try {
      const answer = await http.send({
        method: call.method,
        url: url.href,
        headers,
        timeouts: call.buys ? BUYING : call.host === "upload" ? UPLOADING : ASKING,
        ownConnection: call.buys ?? false,
        ...(call.body === undefined ? {} : { body: form ?? JSON.stringify(call.body) }),
        ...(signal ? { signal } : {}),
      });
      return readEnvelope(answer, settings.key, clock);
    } catch (error) {
      return noAnswer(error, settings.key);
    }
  };
}

function isForm(body: Call["body"]): body is HttpForm {
  return typeof body?.["file"] === "object" && typeof body["fields"] === "object";
}
