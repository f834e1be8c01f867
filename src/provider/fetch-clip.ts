import type { Files } from "../world/files.ts";
import { HttpError, type HttpStream, type HttpTimeouts } from "../world/http.ts";
import type { World } from "../world/world.ts";
import { type ClipAllowance, judgeAddress } from "./clip-address.ts";
import { dropNote, dropPart, hashAddress, type PartNote, readNote, validatorOf, writeNote } from "./part-note.ts";
import { USER_AGENT } from "./user-agent.ts";

export interface ClipFetch {
  readonly url: string;
  /** temporary name of the file; what an earlier attempt left there is gone on from */
  readonly part: string;
  readonly allow: ClipAllowance;
  readonly signal?: AbortSignal;
}

export type FetchOutcome =
  /** whole at its temporary name: as long as the host said, and an MP4 by its first bytes */
  | { readonly outcome: "downloaded"; readonly bytes: number }
  /** not at this address any more: a fresh link may help */
  | { readonly outcome: "gone"; readonly status: number }
  /** nothing that may or can be used lies at this address; nothing is kept */
  | { readonly outcome: "refused"; readonly why: string }
  /** broke off or was put off: ask again, and if `resumable` the bytes that came are kept */
  | { readonly outcome: "unclear"; readonly why: string; readonly resumable: boolean };

const MOST_BYTES = 2 * 1024 ** 3;
const MOST_REDIRECTS = 3;
const TIMEOUTS: HttpTimeouts = { connectMs: 15_000, headersMs: 30_000, bodyMs: 30_000 };
/** One attempt; a host that drips is left after it and the next attempt goes on from there. */
const LONGEST_MS = 20 * 60_000;
/** A scaled clock does not make a disk faster. */
const LONGEST_AT_LEAST_MS = 10_000;

type FetchWorld = Pick<World, "http" | "files" | "clock">;

/**
 * Fetches a result file, going on from what an earlier attempt or process left behind. The key is never sent here:
 * file hosts are not the vendor's API.
 *
 * @throws the system's error when the disk cannot take the file (`ENOSPC`, `EACCES`)
 */
export async function fetchClip(fetch: ClipFetch, world: FetchWorld): Promise<FetchOutcome> {
  const address = judgeAddress(fetch.url, undefined, fetch.allow);
  if (!address.ok) return { outcome: "refused", why: address.why };
  const outcome = await attempt(fetch, world);
  if (outcome !== "start-again") return outcome;
  await dropPart(fetch.part, world.files);
  const again = await attempt(fetch, world);
  if (again !== "start-again") return again;
  return { outcome: "unclear", why: "the file host answers about another part than was asked for", resumable: false };
}

async function attempt(fetch: ClipFetch, world: FetchWorld): Promise<FetchOutcome | "start-again"> {
  const { part } = fetch;
  const { files } = world;
  const held = await heldPart(fetch, files);
  const deadline = AbortSignal.timeout(Math.max(LONGEST_AT_LEAST_MS, Math.ceil(world.clock.lasting(LONGEST_MS))));
  const signal = fetch.signal ? AbortSignal.any([fetch.signal, deadline]) : deadline;
  let stream: HttpStream | undefined;
  try {
    const opened = await openFile({ ...fetch, signal }, held, world);
    if ("outcome" in opened) return opened;
    stream = opened;
    const plan = planBody(stream, held, fetch.allow.mostBytes ?? MOST_BYTES);
    if (plan.todo === "end") return plan.outcome;
    if (plan.todo === "start-again") return "start-again";
    if (plan.todo === "receive") {
      if (plan.restart) {
        // In this order a crash leaves no bytes of one file beside the note of another.
        await dropPart(part, files);
        const validator = validatorOf(stream.headers);
        await writeNote(part, { address: hashAddress(fetch.url), validator, totalBytes: plan.totalBytes }, files);
      }
      await files.appendStream(part, checked(stream.body, plan), { restart: plan.restart });
    }
    return await verify(part, plan.totalBytes, files);
  } catch (error) {
    if (error instanceof NotTheClip) {
      await dropPart(part, files);
      return { outcome: "refused", why: error.message };
    }
    if (!(error instanceof HttpError)) throw error;
    if (error.code === "ADDRESS_NOT_PUBLIC") return { outcome: "refused", why: error.message };
    const why = deadline.aborted ? "the file host was too slow" : error.message;
    return { outcome: "unclear", why, resumable: true };
  } finally {
    await stream?.close();
  }
}

/** Bytes that are here and the note that says of which file; undefined when there is nothing to go on from. */
interface HeldPart extends PartNote {
  readonly bytes: number;
  readonly validator: string;
}

async function heldPart({ part, url }: ClipFetch, files: Files): Promise<HeldPart | undefined> {
  const bytes = (await files.stat(part))?.bytes ?? 0;
  const note = bytes > 0 ? await readNote(part, files) : undefined;
  const validator = note?.validator;
  if (!note || validator === undefined) return undefined;
  if (note.totalBytes !== undefined && bytes > note.totalBytes) return undefined;
  // A fresh link leads to the same file by another address; only an ETag is proof enough of that.
  const isSameFile = note.address === hashAddress(url) || (validator.startsWith('"') && note.totalBytes !== undefined);
  return isSameFile ? { ...note, validator, bytes } : undefined;
}

/** Asks for the file, through redirects that are judged one by one. */
async function openFile(
  { url, allow, signal }: ClipFetch,
  held: HeldPart | undefined,
  { http }: FetchWorld,
): Promise<HttpStream | FetchOutcome> {
  let next = url;
  let base: URL | undefined;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const address = judgeAddress(next, base, allow);
    if (!address.ok) return { outcome: "refused", why: `the file host redirects: ${address.why}` };
    const stream = await http.open({
      method: "GET",
      url: address.url.href,
      headers: {
        "user-agent": USER_AGENT,
        accept: "video/mp4, */*;q=0.5",
        "accept-encoding": "identity", // ranges count the bytes as they are sent
        ...(held ? { range: `bytes=${held.bytes}-`, "if-range": held.validator } : {}),
      },
      timeouts: TIMEOUTS,
      publicOnly: address.publicOnly,
      ...(signal ? { signal } : {}),
    });
    const location = stream.headers["location"];
    if (![301, 302, 303, 307, 308].includes(stream.status) || location === undefined) return stream;
    await stream.close();
    next = location;
    base = address.url;
  }
  return { outcome: "refused", why: `more than ${MOST_REDIRECTS} redirects` };
}

type BodyPlan =
  | { readonly todo: "end"; readonly outcome: FetchOutcome }
  | { readonly todo: "start-again" }
  | { readonly todo: "verify"; readonly totalBytes: number }
  | {
      readonly todo: "receive";
      readonly restart: boolean;
      readonly totalBytes: number | undefined;
      readonly heldBytes: number;
      readonly mostBytes: number;
    };

/** What the head of the answer asks us to do with its body. */
function planBody({ status, headers }: HttpStream, held: HeldPart | undefined, mostBytes: number): BodyPlan {
  const end = (outcome: FetchOutcome): BodyPlan => ({ todo: "end", outcome });
  if (status === 403 || status === 404 || status === 410) return end({ outcome: "gone", status });
  const range = readContentRange(headers["content-range"]);

  if (status === 416 && held) {
    const isWhole = range?.totalBytes === held.bytes && (held.totalBytes ?? held.bytes) === held.bytes;
    return isWhole ? { todo: "verify", totalBytes: held.bytes } : { todo: "start-again" };
  }
  if (status !== 200 && status !== 206) {
    return end({ outcome: "unclear", why: `the file host answered HTTP ${status}`, resumable: true });
  }
  if (status === 206) {
    const fits = held && range?.start === held.bytes && range.totalBytes === (held.totalBytes ?? range.totalBytes);
    if (!fits) return { todo: "start-again" };
  }
  const isRest = status === 206 && held !== undefined;
  const totalBytes = isRest ? (range?.totalBytes ?? held.totalBytes) : readLength(headers);
  if (totalBytes !== undefined && totalBytes > mostBytes) {
    return end({ outcome: "refused", why: `the file has ${totalBytes} bytes; at most ${mostBytes} are taken` });
  }
  return { todo: "receive", restart: !isRest, totalBytes, heldBytes: isRest ? held.bytes : 0, mostBytes };
}

function readContentRange(
  header: string | undefined,
): { start: number | undefined; totalBytes: number | undefined } | undefined {
  const match = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(header?.trim() ?? "");
  if (!match) return undefined;
  const [, start, total] = match;
  return {
    start: start === undefined ? undefined : Number(start),
    totalBytes: total === "*" ? undefined : Number(total),
  };
}

function readLength(headers: Readonly<Record<string, string>>): number | undefined {
  const text = headers["content-length"] ?? "";
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** What came is not the clip that was asked for; its bytes are thrown away. */
class NotTheClip extends Error {
  override readonly name = "NotTheClip";
}

/** Bytes 4 to 7 of every MP4. @see ISO/IEC 14496-12, 4.3: the file type box stands first */
const MARK = "ftyp";
const MARK_END = 8;

/** The body, held back until its first bytes show a clip, and cut off where it grows beyond what is taken. */
async function* checked(
  body: AsyncIterable<Uint8Array>,
  { heldBytes, mostBytes, totalBytes }: { heldBytes: number; mostBytes: number; totalBytes: number | undefined },
): AsyncGenerator<Uint8Array> {
  const most = Math.min(mostBytes, totalBytes ?? mostBytes);
  let bytes = heldBytes;
  let head: Uint8Array | undefined = heldBytes === 0 ? new Uint8Array() : undefined;
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes > most) throw new NotTheClip(`the file is longer than ${most} bytes`);
    if (head === undefined) {
      yield piece;
      continue;
    }
    head = Buffer.concat([head, piece]);
    if (head.length < MARK_END) continue;
    if (!isMarked(head)) throw new NotTheClip(`no video came, but: ${firstWords(head)}`);
    yield head;
    head = undefined;
  }
  if (head && head.length > 0) throw new NotTheClip(`no video came, but: ${firstWords(head)}`);
}

function isMarked(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(4, MARK_END)).toString("latin1") === MARK;
}

/** An error page says what is wrong; anything else is named by its first bytes. */
function firstWords(head: Uint8Array): string {
  const bytes = Buffer.from(head.subarray(0, 60));
  const text = bytes.toString("latin1");
  return /^[\x20-\x7e\s]+$/.test(text) ? text.replace(/\s+/g, " ").trim() : bytes.subarray(0, 12).toString("hex");
}

async function verify(part: string, totalBytes: number | undefined, files: Files): Promise<FetchOutcome> {
  const bytes = (await files.stat(part))?.bytes ?? 0;
  if (bytes === 0) return { outcome: "unclear", why: "the file host sent an empty file", resumable: false };
  if (totalBytes !== undefined && bytes < totalBytes) {
    return { outcome: "unclear", why: `${bytes} of ${totalBytes} bytes came`, resumable: true };
  }
  const head = await files.readBytes(part, { start: 0, length: MARK_END });
  if (bytes !== (totalBytes ?? bytes) || !isMarked(head)) {
    await dropPart(part, files);
    return { outcome: "unclear", why: "the file that was put together is no clip", resumable: false };
  }
  await dropNote(part, files);
  return { outcome: "downloaded", bytes };
}
