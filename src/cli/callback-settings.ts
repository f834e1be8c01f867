import type { Problem } from "../shot/problem.ts";
import { isPrivateHost } from "../world/public-address.ts";
import { EXIT, problem, Refusal } from "./exit.ts";
import type { Settings } from "./settings.ts";

/** Flags of commands that may be called back. */
export interface CallbackFlags {
  readonly callbackUrl?: string;
  readonly listen?: string;
}

export interface CallbackSettings {
  /** what the vendor is told; each intent adds its token */
  readonly publicUrl: string;
  readonly host: string;
  readonly port: number;
  readonly key: string | undefined;
}

/** Only what stands before us on this machine may come in, unless the author names another address. */
const LOOPBACK = "127.0.0.1";

/**
 * Undefined where no callbacks are asked for.
 *
 * @throws Refusal with all that is wrong with the two flags
 */
export function requireCallbackSettings(
  { callbackUrl, listen }: CallbackFlags,
  settings: Pick<Settings, "isLoopback" | "webhookKey">,
): CallbackSettings | undefined {
  if (callbackUrl === undefined && listen === undefined) return undefined;
  const problems: Problem[] = [];
  const place = listen === undefined ? undefined : readListen(listen, problems);
  const publicUrl = callbackUrl === undefined ? undefined : readPublicUrl(callbackUrl, settings.isLoopback, problems);
  if (listen === undefined) {
    const message = "--callback-url tells the vendor where to call, but nobody listens there";
    problems.push(problem("callback-half", message, "Add --listen PORT, to which that address must lead."));
  }
  if (callbackUrl === undefined) {
    const message = `--listen ${listen} takes callbacks, but the vendor is not told where to call`;
    problems.push(problem("callback-half", message, "Add --callback-url URL: the public address that leads here."));
  }
  if (problems.length > 0 || !place || publicUrl === undefined) throw new Refusal(EXIT.usage, problems);
  return { publicUrl, ...place, key: settings.webhookKey };
}

function readPublicUrl(text: string, isLoopback: boolean, problems: Problem[]): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const refuse = (why: string, fix: string) => {
    problems.push(problem("callback-url", `--callback-url ${why}`, fix));
    return undefined;
  };
  if (!url || !/^https?:$/.test(url.protocol)) {
    return refuse("is not a whole address", "Write it as https://films.example.net/callsheet.");
  }
  if (url.username || url.password || url.hash) {
    return refuse("holds a user, a password or a #", "Leave them out: its path alone says who calls.");
  }
  if (url.protocol === "http:" && !isLoopback) {
    return refuse("is not encrypted", "Use https; plain http is for a simulator on this machine.");
  }
  if (!isLoopback && isPrivateHost(url.hostname)) {
    return refuse(
      `names ${url.hostname}, which the vendor cannot reach`,
      "Name a public address, of a tunnel perhaps.",
    );
  }
  return url.href;
}

function readListen(text: string, problems: Problem[]): Pick<CallbackSettings, "host" | "port"> | undefined {
  const parts = /^(?:(\[[0-9a-f:.%]+\]|[A-Za-z0-9.-]+):)?(\d{1,5})$/i.exec(text.trim());
  const port = Number(parts?.[2]);
  if (parts && port >= 1 && port <= 65_535) return { host: parts[1]?.replace(/^\[|\]$/g, "") ?? LOOPBACK, port };
  const fix = "Write a port from 1 to 65535, which is then opened on 127.0.0.1, or HOST:PORT.";
  problems.push(problem("listen", `--listen ${text} is no port`, fix));
  return undefined;
}
