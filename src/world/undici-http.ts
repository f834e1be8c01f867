import { type LookupAddress, lookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import type { buildConnector, Dispatcher, FormData, Pool } from "undici";
import type { Clock } from "./clock.ts";
import { type Http, type HttpAnswer, HttpError, type HttpForm, type HttpRequest, type HttpStream } from "./http.ts";
import { keepWasmPlain } from "./plain-wasm.ts";
import { isLoopbackHost, isPublicAddress } from "./public-address.ts";

export interface HttpOptions {
  /** `http://user:password@host:port`; never used for this machine itself */
  readonly proxy?: string;
  /** hosts that are reached without the proxy, as in `NO_PROXY` */
  readonly noProxy?: string;
}

type Undici = typeof import("undici");

const MOST_BYTES = 4 * 1024 * 1024;

/** A scaled clock makes no machine faster: below this, a time-out would only tell that the processor was busy. */
const LEAST_TIMEOUT_MS = 2000;

/** Node tries a host's addresses one after the other and gives each 250 ms, too little for a slow line. */
const ADDRESS_ATTEMPT_MS = 2500;

/**
 * HTTP over undici. Nothing is retried, no redirect is followed. A request with `ownConnection` gets a socket that
 * served nobody before and serves nobody after.
 *
 * @param clock - time-outs are nominal and scaled by it, though never below 2 s unless less was asked for
 */
export function openHttp(clock: Clock, options: HttpOptions = {}): Http {
  const agents = new Map<string, Dispatcher>();
  /** errors that came while a connection was being made: undici writes a request only to a finished connection */
  const unconnected = new WeakSet<Error>();
  let loading: Promise<Undici> | undefined;
  // undici is the heaviest import of all, and a run that finds everything made has no use for it
  const load = () => {
    keepWasmPlain();
    // By its default export, whose type is poorer than what it holds: a bundle gives a CommonJS package no other
    loading ??= import("undici").then((module) => module.default as unknown as Undici);
    return loading;
  };
  const lasting = (nominalMs: number) =>
    Math.max(1, Math.ceil(clock.lasting(nominalMs)), Math.min(nominalMs, LEAST_TIMEOUT_MS));

  function agentFor(undici: Undici, request: HttpRequest, url: URL): Dispatcher {
    const connectMs = lasting(request.timeouts.connectMs);
    const direct = options.proxy === undefined || isLoopbackHost(url.hostname);
    const key = [direct, request.ownConnection ?? false, request.publicOnly ?? false, connectMs].join(" ");
    const known = agents.get(key);
    if (known) return known;

    const settings = {
      timeout: connectMs,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_MS,
      ...(request.publicOnly ? { lookup: lookupPublic } : {}),
    };
    // A purchase must not meet a connection that the server has already given up: pipelining 0 keeps none alive.
    const pipelining = request.ownConnection ? 0 : 1;
    const connect = noticing(undici.buildConnector(settings as buildConnector.BuildOptions), unconnected);
    const agent = direct
      ? new undici.Agent({ pipelining, connect })
      : new undici.EnvHttpProxyAgent({
          pipelining,
          connect,
          // How long a proxy may take to open a tunnel: undici's own limit is five minutes.
          clientFactory: (proxy: URL, pool: object) => new undici.Pool(proxy, { ...pool, headersTimeout: connectMs }),
          factory: (origin: string | URL, pool: object) => new undici.Pool(origin, withNoticing(pool, unconnected)),
          httpProxy: options.proxy,
          httpsProxy: options.proxy,
          noProxy: options.noProxy ?? "",
          proxyTls: { timeout: connectMs } as buildConnector.BuildOptions,
          requestTls: { timeout: connectMs } as buildConnector.BuildOptions,
        });
    agents.set(key, agent);
    return agent;
  }

  async function start(request: HttpRequest): Promise<Dispatcher.ResponseData> {
    const url = new URL(request.url);
    if (request.signal?.aborted) {
      throw new HttpError(`${named(request)}: cancelled before it was sent`, "ABORTED", true, {
        cause: request.signal.reason,
      });
    }
    const literal = url.hostname.replace(/^\[|\]$/g, "");
    if (request.publicOnly && isIP(literal) !== 0 && !isPublicAddress(literal)) {
      throw new HttpError(`${named(request)}: ${literal} is no public address`, "ADDRESS_NOT_PUBLIC", true);
    }
    const undici = await load();
    try {
      return await undici.request(url, {
        dispatcher: agentFor(undici, request, url),
        method: request.method,
        headers: { ...request.headers },
        body: bodyOf(request.body, undici.FormData),
        headersTimeout: lasting(request.timeouts.headersMs),
        bodyTimeout: lasting(request.timeouts.bodyMs),
        signal: request.signal ?? null,
      });
    } catch (error) {
      throw failure(request, error, isNeverSent(error, unconnected));
    }
  }

  return {
    async send(request): Promise<HttpAnswer> {
      const { statusCode, headers, body } = await start(request);
      // undici's own time-out starts again with every byte: a server that drips would hold us for hours
      const timer = setTimeout(() => {
        body.destroy(new HttpError(`${named(request)}: the answer took too long`, "UND_ERR_BODY_TIMEOUT", false));
      }, lasting(request.timeouts.bodyMs));
      try {
        const mostBytes = request.mostBytes ?? MOST_BYTES;
        const bytes = await readWhole(body, mostBytes, request);
        const plain = firstValues(headers);
        const text = await decode(bytes, plain["content-encoding"], mostBytes, request);
        return { status: statusCode, headers: plain, body: text };
      } catch (error) {
        throw failure(request, error, false);
      } finally {
        clearTimeout(timer);
      }
    },

    async open(request): Promise<HttpStream> {
      const { statusCode, headers, body } = await start(request);
      body.on("error", () => {}); // told to whoever reads; a stream that nobody reads must not end the process
      return {
        status: statusCode,
        headers: firstValues(headers),
        body: passedOn(body, request),
        async close() {
          body.destroy();
        },
      };
    },

    async close() {
      await Promise.all([...agents.values()].map((agent) => agent.close()));
      agents.clear();
    },
  };
}

/** A connector that remembers its errors, as each proves that its request was not written. */
function noticing(connect: buildConnector.connector, unconnected: WeakSet<Error>): buildConnector.connector {
  return (settings, callback) =>
    connect(settings, (error, socket) => {
      if (!error) return callback(null, socket);
      const told = RECONNECTING_CODES.has(codeOf(error)) ? unconnectedError(error) : error;
      unconnected.add(told);
      callback(told, null);
    });
}

/**
 * Errors after which undici connects again, at once and for ever, as the request was not written yet: a proxy that hangs
 * up on CONNECT was called thousands of times a second. @see undici, lib/dispatcher/client.js, `onError`
 */
const RECONNECTING_CODES = new Set(["UND_ERR_SOCKET", "UND_ERR_INFO"]);

function unconnectedError(cause: Error): Error {
  return Object.assign(new Error(`no connection: ${cause.message}`, { cause }), { code: "CONNECTION_REFUSED" });
}

/** A tunnel through a proxy is made by a connector of undici's own. */
function withNoticing(pool: object, unconnected: WeakSet<Error>): Pool.Options {
  const { connect } = pool as Pool.Options;
  return { ...pool, ...(typeof connect === "function" ? { connect: noticing(connect, unconnected) } : {}) };
}

const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, "");
    // One private address among public ones is how a name is turned against its visitors.
    const inside = addresses.find(({ address }) => !isPublicAddress(address));
    const first: LookupAddress | undefined = addresses[0];
    if (inside || !first) {
      const refusal: NodeJS.ErrnoException = new Error(`${hostname} leads to ${inside?.address ?? "no address"}`);
      refusal.code = "ADDRESS_NOT_PUBLIC";
      return callback(refusal, "");
    }
    if (options.all) return callback(null, addresses);
    callback(null, first.address, first.family);
  });
};

/** Errors that come from the attempt to connect, by their codes; of several addresses each must have failed so. */
const UNCONNECTED_CODES = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]);

/** Default deny: an error that nobody has classified may have come after the server read the request. */
function isNeverSent(error: unknown, unconnected: WeakSet<Error>): boolean {
  if (!(error instanceof Error)) return false;
  if (unconnected.has(error)) return true;
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.every((each) => isNeverSent(each, unconnected));
  }
  const code = codeOf(error);
  // UND_ERR_INVALID_ARG is undici's refusal to write such a request at all
  return (
    UNCONNECTED_CODES.has(code) || code === "UND_ERR_INVALID_ARG" || ("syscall" in error && error.syscall === "connect")
  );
}

function failure(request: HttpRequest, error: unknown, neverSent: boolean): HttpError {
  if (error instanceof HttpError) return error;
  const aborted = request.signal?.aborted ?? false;
  const code = aborted ? "ABORTED" : codeOf(error);
  const words = aborted ? "cancelled" : error instanceof Error ? error.message || code : String(error);
  return new HttpError(`${named(request)}: ${words}`, code, neverSent, { cause: error });
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "UNKNOWN";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

/** The request without its query: a presigned address is a secret for as long as it works. */
function named(request: HttpRequest): string {
  const { origin, pathname } = new URL(request.url);
  return `${request.method} ${origin}${pathname}`;
}

function bodyOf(body: HttpRequest["body"], Form: typeof FormData): string | FormData | null {
  return typeof body === "object" ? formOf(body, new Form()) : (body ?? null);
}

function formOf({ fields, file }: HttpForm, form: FormData): FormData {
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append(file.field, new Blob([new Uint8Array(file.bytes)], { type: file.type }), file.name);
  return form;
}

function firstValues(headers: Dispatcher.ResponseData["headers"]): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) plain[name.toLowerCase()] = first;
  }
  return plain;
}

async function readWhole(body: AsyncIterable<Uint8Array>, mostBytes: number, request: HttpRequest): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes > mostBytes) throw tooLong(request, mostBytes);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

const DECODERS = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
} as const;

/** We ask for no compression; some gateways compress all the same. */
async function decode(
  bytes: Buffer,
  encoding: string | undefined,
  mostBytes: number,
  request: HttpRequest,
): Promise<string> {
  const name = (encoding ?? "").trim().toLowerCase();
  if (!Object.hasOwn(DECODERS, name)) return bytes.toString("utf8");
  try {
    const decoder = DECODERS[name as keyof typeof DECODERS];
    return (await decoder(bytes, { maxOutputLength: mostBytes })).toString("utf8");
  } catch (error) {
    if (codeOf(error) === "ERR_BUFFER_TOO_LARGE") throw tooLong(request, mostBytes);
    throw new HttpError(`${named(request)}: the answer's ${name} encoding is broken`, "ANSWER_GARBLED", false, {
      cause: error,
    });
  }
}

function tooLong(request: HttpRequest, mostBytes: number): HttpError {
  return new HttpError(`${named(request)}: the answer is longer than ${mostBytes} bytes`, "ANSWER_TOO_LONG", false);
}

async function* passedOn(body: AsyncIterable<Uint8Array>, request: HttpRequest): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw failure(request, error, false);
  }
}
