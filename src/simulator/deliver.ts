import type { IncomingMessage, ServerResponse } from "node:http";
import type { Files } from "../world/files.ts";
import type { Delivery } from "./exchange.ts";
import { partAsked } from "./range.ts";

const CHUNK_BYTES = 256 * 1024;
const DRIP_BYTES = 16 * 1024;
const DRIP_MS = 500;

/** A connection below the level of answers, for what real ones do to a client. */
export interface Wire {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

/** Ends the connection with a reset, whatever was on its way. */
export function reset({ incoming }: Wire): void {
  incoming.socket.resetAndDestroy();
}

/** Says nothing until the other side gives up. */
export function hang({ incoming }: Wire): Promise<void> {
  return new Promise((resolve) => incoming.socket.once("close", () => resolve()));
}

export interface FileToSend {
  readonly path: string;
  readonly mediaType: string;
  readonly etag: string;
}

/**
 * Sends a file or the part of it that was asked for.
 *
 * @param pause - waits a nominal number of milliseconds; for `slow`
 * @returns bytes handed to the connection
 */
export async function sendFile(
  wire: Wire,
  file: FileToSend,
  delivery: Delivery,
  files: Files,
  pause: (nominalMs: number) => Promise<void>,
): Promise<number> {
  const { incoming, outgoing } = wire;
  const size = (await files.stat(file.path))?.bytes ?? 0;
  const part = partAsked(flat(incoming.headers), size, file.etag);
  const common = { "accept-ranges": "bytes", etag: file.etag, "content-type": file.mediaType };
  if (part.status === 416) {
    outgoing.writeHead(416, { ...common, "content-range": `bytes */${size}` }).end();
    return 0;
  }
  const { start, length } = part;
  const range = part.status === 206 ? { "content-range": `bytes ${start}-${start + length - 1}/${size}` } : {};
  outgoing.writeHead(part.status, { ...common, ...range, "content-length": length });
  if (incoming.method === "HEAD") {
    outgoing.end();
    return 0;
  }
  const promised = delivery === "truncated" ? Math.floor(length / 2) : length;
  const chunk = delivery === "slow" ? DRIP_BYTES : CHUNK_BYTES;
  let sent = 0;
  while (sent < promised && !outgoing.destroyed) {
    const bytes = await files.readBytes(file.path, { start: start + sent, length: Math.min(chunk, promised - sent) });
    if (bytes.length === 0) break;
    sent += bytes.length;
    if (!outgoing.write(bytes)) await drained(outgoing);
    if (delivery === "slow") await pause(DRIP_MS);
  }
  if (delivery === "truncated") {
    // What was written must arrive: a reset would throw away what the client has not read yet.
    incoming.socket.end();
    return sent;
  }
  outgoing.end();
  return sent;
}

function drained(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      outgoing.off("drain", done);
      outgoing.off("close", done);
      resolve();
    };
    outgoing.once("drain", done);
    outgoing.once("close", done);
  });
}

/** Node's headers with one value each. */
export function flat(headers: IncomingMessage["headers"]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, [value].flat()[0] ?? ""]])),
  );
}
