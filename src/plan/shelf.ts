import type { BatchState, CheckedFile, FilmRecord, Take, TakeFile } from "../ledger/batch-state.ts";
import type { BesideFile } from "../shot/film-figures.ts";
import type { ShotId } from "../shot/id.ts";
import type { Resolution } from "../shot/resolution.ts";
import type { Files } from "../world/files.ts";

/** What is on disk of a batch: bytes by path relative to the batch folder. */
export type Shelf = ReadonlyMap<string, number>;

/** Final name of a clip. */
export function clipFile(shot: ShotId, take: number, resolution: Resolution): string {
  return `clips/${shot}/take-${take}.${resolution}.mp4`;
}

/** Where a clip grows while it is downloaded. */
export function partFile(shot: ShotId, take: number, resolution: Resolution): string {
  return `${clipFile(shot, take, resolution)}.part`;
}

/** Reads the names and sizes that the ledger knows something about; contents are not opened. */
export async function readShelf(files: Files, batchFolder: string, state: BatchState): Promise<Shelf> {
  const shelf = new Map<string, number>();
  const look = async (path: string) => {
    const found = await files.stat(`${batchFolder}/${path}`);
    if (found?.kind === "file") shelf.set(path, found.bytes);
  };
  const known: string[] = [];
  for (const takes of state.takes.values()) {
    for (const take of takes) {
      for (const [resolution, file] of take.files) {
        if (file.state === "checked") known.push(file.file);
        // A run killed between the rename and its event leaves the whole file under either name.
        else known.push(partFile(take.shot, take.number, resolution), clipFile(take.shot, take.number, resolution));
      }
    }
  }
  for (const { file, beside = [] } of state.films.values()) known.push(file, ...beside.map((each) => each.file));
  await Promise.all(known.map(look));
  return shelf;
}

/** Whether a clip was checked and still lies there with the size it had then. */
export function isOnShelf(file: TakeFile | undefined, shelf: Shelf): file is CheckedFile {
  return file?.state === "checked" && shelf.get(file.file) === file.bytes;
}

/** What was bought of a take and is still to be fetched, with the moment since which the vendor has it. */
export function absentFiles(take: Take, shelf: Shelf): readonly { resolution: Resolution; since: number }[] {
  if (take.purchase !== "made" && take.purchase !== "generating") return [];
  const upgrades = [...take.upgrades].flatMap(([resolution, { state, since }]) =>
    state === "upgrading" || state === "upgraded" ? [{ resolution, since }] : [],
  );
  return [{ resolution: "720p" as const, since: take.intendedAt }, ...upgrades].filter(({ resolution }) => {
    const file = take.files.get(resolution);
    return file?.state !== "rejected" && file?.state !== "downloaded" && !isOnShelf(file, shelf);
  });
}

/** The shelf as it would be if every clip that was ever checked lay there. */
export function withAllClips({ state, shelf }: { readonly state: BatchState; readonly shelf: Shelf }): Shelf {
  const checked = [...state.takes.values()].flat().flatMap(({ files }) => [...files.values()]);
  const clips = checked.flatMap((file) => (file.state === "checked" ? [[file.file, file.bytes] as const] : []));
  return new Map([...shelf, ...clips]);
}

/** Whether a file lies in the batch folder as it was written. */
export function isThere({ file, bytes }: BesideFile, shelf: Shelf): boolean {
  return shelf.get(file) === bytes;
}

/** Whether something that belongs beside a film is gone. */
export function lacksBeside({ beside = [] }: FilmRecord, shelf: Shelf): boolean {
  return !beside.every((each) => isThere(each, shelf));
}
