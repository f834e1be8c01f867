import type { Asked } from "./exchange.ts";
import type { FailureName } from "./failure.ts";
import { lastingMs, type State, type Upload } from "./state.ts";

const HOUR_MS = 3_600_000;

/** What became of the addresses in `imageUrls`. */
export interface Fetched {
  readonly failure: FailureName | undefined;
  /** our own uploads among them, in order; undefined for a picture on the network, which is only pretended to be there */
  readonly uploads: readonly (Upload | undefined)[];
}

/**
 * Fetches pictures as the vendor would, without leaving the machine. An upload of ours is known by its path, whatever
 * the port: a restart moves it. Other addresses are taken as reachable, but those the vendor could never reach (loopback,
 * private networks, names ending in `.invalid`) are not. A picture whose name promises another type than its bytes have
 * makes the job fail with the words about audio, as was seen live seven times out of seven.
 */
export function fetchImages(asked: Asked, urls: readonly string[]): Fetched {
  const { state, now } = asked;
  const uploads = urls.map((url) => uploadAt(state, url, now));
  if (!state.plan.switches.fetchImages) return { failure: undefined, uploads };
  if (urls.some((url, i) => uploads[i] === undefined && !isPublic(url))) return { failure: "image-fetch", uploads };
  const mistyped = uploads.some((upload) => upload && upload.mediaType !== upload.trueType);
  return { failure: mistyped ? "audio" : undefined, uploads };
}

/** The upload an address points at, while it lives. */
export function uploadAt(state: State, url: string, now: number): Upload | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !isLoopback(parsed.hostname)) return undefined;
  const upload = state.uploads.get(decodeURIComponent(parsed.pathname));
  return upload && now - upload.at < lastingMs(state, state.plan.switches.uploadHours * HOUR_MS) ? upload : undefined;
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\./.test(host);
}

/** Whether a server on the internet could fetch it. */
export function isPublic(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  if (protocol !== "https:" && protocol !== "http:") return false;
  const isPrivate = /^(10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.)/.test(hostname);
  return !isLoopback(hostname) && !isPrivate && !hostname.endsWith(".invalid") && hostname.includes(".");
}
