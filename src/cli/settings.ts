import { homedir } from "node:os";
import { isAbsolute, resolve } from "node:path";
import type { Problem } from "../shot/problem.ts";
import { EXIT, Refusal } from "./exit.ts";
import type { Shell } from "./shell.ts";

/** What flags and environment say, checked. Flags win over environment; manifest and `callsheet.yaml` come later. */
export interface Settings {
  /** origins without path */
  readonly apiUrl: string;
  readonly uploadUrl: string;
  /** undefined where none was given: plans and checks work without */
  readonly key: string | undefined;
  /** what the vendor signs callbacks with; undefined where none was given */
  readonly webhookKey: string | undefined;
  /** the API is on this machine: it may be sped up, and its files come from here */
  readonly isLoopback: boolean;
  readonly speed: number;
  readonly simulate: boolean;
  /** absolute; undefined: to be found from the manifest */
  readonly output: string | undefined;
  /** absolute folder that all output folders of this user share */
  readonly stateFolder: string;
  readonly proxy: string | undefined;
  readonly noProxy: string | undefined;
}

/** Flags that several commands share. */
export interface SharedFlags {
  readonly output?: string;
  readonly simulate?: boolean;
  readonly speed?: number;
}

/** The flags that say which batch is meant, as they were given: commands that are shown carry them too. */
export function batchFlags({ output, simulate }: SharedFlags): readonly string[] {
  return [...(simulate ? ["--simulate"] : []), ...(output === undefined ? [] : ["--output", output])];
}

/** Where kie.ai answers. @see kie.ai Veo 3.1 quickstart, File Upload API quickstart */
const VENDOR_API = "https://api.kie.ai";
const VENDOR_UPLOAD = "https://kieai.redpandaai.co";

/** Reads settings, or says all that is wrong with them. */
function readSettings(
  environment: Shell["environment"],
  flags: SharedFlags,
  cwd: string,
): Settings | readonly Problem[] {
  const problems: Problem[] = [];
  const api = readOrigin("KIE_API_URL", environment, problems);
  const upload = readOrigin("KIE_UPLOAD_URL", environment, problems);
  const key = readKey(environment, problems);
  const apiUrl = api ?? VENDOR_API;
  const isLoopback = flags.simulate === true || isLoopbackOrigin(apiUrl);
  const speed = flags.speed ?? 1;
  if (speed !== 1 && !isLoopback) {
    problems.push({
      rule: "speed-needs-simulator",
      message: `--speed ${speed} is for a simulator on this machine; the API's address is ${apiUrl}`,
      fix: "Leave --speed out, or add --simulate.",
      place: null,
    });
  }
  if (problems.length > 0) return problems;
  const output = flags.output ?? environment["CALLSHEET_OUTPUT"];
  const stateHome = environment["XDG_STATE_HOME"];
  return {
    apiUrl,
    uploadUrl: upload ?? api ?? VENDOR_UPLOAD,
    key,
    // Any text can be one: it never travels.
    webhookKey: environment["KIE_WEBHOOK_KEY"]?.trim() || undefined,
    isLoopback,
    speed,
    simulate: flags.simulate === true,
    output: output ? resolve(cwd, output) : undefined,
    // The XDG rule: a relative path there is to be ignored.
    stateFolder: resolve(stateHome && isAbsolute(stateHome) ? stateHome : `${homedir()}/.local/state`, "callsheet"),
    proxy: environment["HTTPS_PROXY"] ?? environment["https_proxy"],
    noProxy: environment["NO_PROXY"] ?? environment["no_proxy"],
  };
}

/** The key, which travels in a header: what no header can hold is no key. Its text is shown to nobody. */
function readKey(environment: Shell["environment"], problems: Problem[]): string | undefined {
  const key = environment["KIE_API_KEY"]?.trim();
  if (!key) return undefined;
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  const message = "KIE_API_KEY holds a space, a line break or a character that no key has";
  problems.push({ rule: "bad-key", message, fix: "Copy the key anew from https://kie.ai/api-key.", place: null });
  return undefined;
}

/** @throws Refusal with all that is wrong with flags and environment */
export function requireSettings(shell: Shell, flags: SharedFlags): Settings {
  const settings = readSettings(shell.environment, flags, shell.cwd);
  if (isProblems(settings)) throw new Refusal(EXIT.usage, settings);
  return settings;
}

function isProblems(result: Settings | readonly Problem[]): result is readonly Problem[] {
  return Array.isArray(result);
}

function readOrigin(name: string, environment: Shell["environment"], problems: Problem[]): string | undefined {
  const value = environment[name]?.trim();
  if (!value) return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isOrigin = url && (url.pathname === "/" || url.pathname === "") && !url.search && !url.hash && !url.username;
  if (!url || !isOrigin || !/^https?:$/.test(url.protocol)) {
    const message = `${name} is not an address such as https://api.kie.ai, without a path`;
    problems.push({ rule: "bad-address", message, fix: `Set ${name} to an origin, or unset it.`, place: null });
    return undefined;
  }
  if (url.protocol === "http:" && !isLoopbackOrigin(url.origin)) {
    const message = `${name} is ${url.origin}: the key would travel unencrypted`;
    const fix = "Use https; plain http is for a simulator on this machine.";
    problems.push({ rule: "unencrypted-address", message, fix, place: null });
    return undefined;
  }
  return url.origin;
}

/** Whether an origin is this machine by its literal name or address. */
function isLoopbackOrigin(origin: string): boolean {
  const { hostname } = new URL(origin);
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** Texts that must not be written wherever they turn up. */
export function secretsOf({ key, webhookKey }: Pick<Settings, "key" | "webhookKey">): readonly string[] {
  return [key, webhookKey].filter((secret) => secret !== undefined);
}
