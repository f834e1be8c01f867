import { createServer, type IncomingMessage } from "node:http";
import { readCallback } from "../provider/callback.ts";
import { judgeSignature, rememberSignature, type SeenSignatures } from "../provider/callback-signature.ts";
import { tokenIn } from "../run/callback-address.ts";
import type { CallbackExchange, CallbackRefusal, CallbackRemark } from "../run/callbacks.ts";
import type { Clock } from "../world/clock.ts";

export interface ReceiverOptions {
  /** where to listen: this machine alone, unless the author wants otherwise */
  readonly host: string;
  readonly port: number;
  /** what callbacks are signed with; undefined: they are not checked */
  readonly key: string | undefined;
  readonly limits?: Partial<ReceiverLimits>;
}

/** What a visitor may take. Milliseconds are the machine's own: visitors know nothing of `--speed`. */
export interface ReceiverLimits {
  readonly mostBytes: number;
  readonly headersMs: number;
  /** for headers and body together */
  readonly requestMs: number;
  readonly mostConnections: number;
}

export interface CallbackReceiver {
  /** `http://host:port` */
  readonly origin: string;
  /** hangs up on everybody */
  close(): Promise<void>;
}

/** A callback has some two kilobytes, and the vendor gives a receiver 15 s in all. @see kie.ai "Generate Veo 3.1 Video Callbacks" */
const LIMITS: ReceiverLimits = { mostBytes: 256 * 1024, headersMs: 10_000, requestMs: 15_000, mostConnections: 64 };

/** A body that is too long is read on so far before it is answered: who is hung up on while sending never sees the answer. */
const READ_ON_TIMES = 16;

type Verdict =
  | { readonly status: 200 | 404 | 405 }
  | { readonly status: 400 | 401 | 413; readonly why: CallbackRefusal }
  /** the visitor went away, or was sent away, in the middle */
  | { readonly status: undefined };

/**
 * Takes the vendor's callbacks and hands on what they hint at. An answer says nothing about us: not whether a token is known, not
 * whether a task is.
 *
 * @throws what the system says when the port is taken or may not be opened
 */
export async function openCallbackReceiver(
  { host, port, key, limits }: ReceiverOptions,
  exchange: Pick<CallbackExchange, "offer">,
  clock: Pick<Clock, "now">,
  tell: (remark: CallbackRemark) => void,
): Promise<CallbackReceiver> {
  const { mostBytes, headersMs, requestMs, mostConnections } = { ...LIMITS, ...limits };
  const count = openCounter(tell);
  let seen: SeenSignatures = new Map();

  const judge = async (request: IncomingMessage): Promise<Verdict> => {
    const token = tokenIn(request.url ?? "");
    if (token === undefined) return { status: 404 };
    if (request.method !== "POST") return { status: 405 };
    const signature = headerOf(request, "x-webhook-signature");
    const timestamp = headerOf(request, "x-webhook-timestamp");
    if (key !== undefined && !(signature && timestamp)) return { status: 401, why: "missing" };

    const body = await readBody(request, mostBytes);
    if (body === undefined) return { status: undefined };
    if (body === "too-long") return { status: 413, why: "too-long" };
    const callback = readCallback(body.text);
    let [task] = callback?.tasks ?? [];
    if (!callback || task === undefined) return { status: 400, why: "unreadable" };
    if (key !== undefined) {
      const now = clock.now();
      const judged = judgeSignature({ signature, timestamp }, callback.tasks, key, now);
      if (judged.verdict !== "signed") return { status: 401, why: judged.verdict };
      const remembered = rememberSignature(seen, signature ?? "", judged.staleAt, now);
      if (!remembered) return { status: 401, why: "replayed" };
      seen = remembered;
      task = judged.task;
    }
    if (!exchange.offer({ token, task, says: callback.says })) count("unknown");
    return { status: 200 };
  };

  const server = createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: Math.min(1_000, headersMs),
      keepAliveTimeout: 5_000,
    },
    (request, response) => {
      judge(request).then(
        (verdict) => {
          if ("why" in verdict) count(verdict.why);
          const { status } = verdict;
          if (status === undefined) response.destroy();
          else {
            const headers = { "content-type": "application/json", ...(status === 405 && { allow: "POST" }) };
            response.writeHead(status, headers).end(`{"code":${status}}`);
          }
        },
        // A bug of ours must not end a run that pays for takes: polling finds what this callback was about.
        () => void response.destroy(),
      );
    },
  );
  server.maxConnections = mostConnections;

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      // Visitors in such numbers that the machine takes no more of them must not end a run that pays for takes.
      server.on("error", () => undefined);
      resolve();
    });
  });
  const address = server.address();
  const bound = typeof address === "object" && address ? address.port : port;
  const origin = `http://${host.includes(":") ? `[${host}]` : host}:${bound}`;
  tell({ remark: "open", origin, isSigned: key !== undefined });
  return {
    origin,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value.trim() : undefined;
}

/** Undefined when the body broke off or went on without end. */
async function readBody(request: IncomingMessage, most: number): Promise<{ text: string } | "too-long" | undefined> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of request) {
      bytes += piece.length;
      if (bytes > most * READ_ON_TIMES) return undefined;
      if (bytes <= most) pieces.push(piece);
    }
  } catch {
    return undefined;
  }
  return bytes > most ? "too-long" : { text: Buffer.concat(pieces).toString("utf8") };
}

/** Tells of what may come without end at the 1st, 10th, 100th … time. */
function openCounter(tell: (remark: CallbackRemark) => void): (what: CallbackRefusal | "unknown") => void {
  const times = new Map<string, number>();
  return (what) => {
    const so = (times.get(what) ?? 0) + 1;
    times.set(what, so);
    if (!Number.isInteger(Math.log10(so))) return;
    tell(what === "unknown" ? { remark: "unknown", times: so } : { remark: "refused", why: what, times: so });
  };
}
