import * as z from "zod";
import type { BatchState } from "../ledger/batch-state.ts";
import type { LedgerEvent } from "../ledger/event.ts";
import { hashRequest } from "../plan/request.ts";
import { clipFile } from "../plan/shelf.ts";
import { isSafeName, type Sha256, type ShotId, type TaskId } from "../shot/id.ts";
import { RESOLUTIONS } from "../shot/resolution.ts";
import type { TakeRequest } from "../shot/take.ts";
import type { Files } from "../world/files.ts";

/** What `provenanceOf` writes, as far as a take can be told from it. */
const noteSchema = z.object({
  shot: z.string().refine(isSafeName),
  take: z.number().int().positive(),
  task: z.string(),
  bought: z.iso.datetime(),
  credits: z.number().nonnegative(),
  seed: z.number().nullable(),
  request: z.looseObject({ kind: z.enum(["generate", "extend"]), prompt: z.string() }),
  requestHash: z.string(),
  upgrades: z.array(
    z.object({ resolution: z.enum(["1080p", "4k"]), state: z.string(), credits: z.number().nonnegative() }),
  ),
  files: z.array(z.object({ resolution: z.enum(RESOLUTIONS), bytes: z.number().positive() })),
});

/**
 * The takes that the notes beside the clips tell of and the ledger does not know: their ledger was lost. Clips that
 * still have the size they had then are looked at again and kept; the others are fetched.
 *
 * @returns events for the ledger; a note that contradicts itself is left alone
 */
export async function restoreTakes(
  files: Files,
  batchFolder: string,
  state: BatchState,
): Promise<readonly LedgerEvent[]> {
  const known = new Set([...state.takes.values()].flat().map(({ task }) => task));
  const events: LedgerEvent[] = [];
  for (const shot of await files.list(`${batchFolder}/clips`)) {
    for (const name of await files.list(`${batchFolder}/clips/${shot}`)) {
      const number = /^take-(\d+)\.json$/.exec(name)?.[1];
      if (number === undefined) continue;
      const note = readNote(await files.readText(`${batchFolder}/clips/${shot}/${name}`));
      const isItsOwn = note?.shot === shot && note.take === Number(number);
      const isTaken = (state.takes.get(shot as ShotId) ?? []).some((take) => take.number === Number(number));
      if (!note || !isItsOwn || isTaken || known.has(note.task as TaskId)) continue;
      known.add(note.task as TaskId);
      events.push(...(await eventsOf(note, files, batchFolder)));
    }
  }
  return events;
}

type Note = Omit<z.output<typeof noteSchema>, "request"> & { readonly request: TakeRequest };

function readNote(text: string): Note | undefined {
  try {
    const note = noteSchema.parse(JSON.parse(text));
    const request = note.request as unknown as TakeRequest;
    // The hash covers all that the request is, so it also proves its shape.
    return hashRequest(request) === note.requestHash ? { ...note, request } : undefined;
  } catch {
    return undefined;
  }
}

async function eventsOf(note: Note, files: Files, batchFolder: string): Promise<readonly LedgerEvent[]> {
  const about = { shot: note.shot as ShotId, take: note.take };
  const upgrades = note.upgrades.flatMap(({ resolution, state, credits }) => {
    return state === "upgraded" ? [{ resolution, credits }] : [];
  });
  const found: LedgerEvent[] = [];
  for (const { resolution, bytes } of note.files) {
    const there = await files.stat(`${batchFolder}/${clipFile(about.shot, about.take, resolution)}`);
    if (there?.bytes === bytes) found.push({ event: "downloaded", ...about, resolution, bytes });
  }
  return [
    {
      event: "salvaged",
      ...about,
      task: note.task as TaskId,
      request: note.request,
      requestHash: note.requestHash as Sha256,
      credits: note.credits,
      boughtAt: Date.parse(note.bought),
      upgrades,
    },
    { event: "made", ...about, urls: [], fullUrls: [], seed: note.seed, upgradable: true, tookMs: 0 },
    ...found,
  ];
}
