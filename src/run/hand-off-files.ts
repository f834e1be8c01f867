import { posix } from "node:path";
import type { EditList, EditMedia } from "../media/handoff/edit-list.ts";
import { type PlacedSound, soundEdits } from "../media/handoff/sound-edits.ts";
import { writeExport } from "../media/handoff/write-export.ts";
import type { FilmPlan } from "../plan/film.ts";
import type { HandOff } from "../plan/hand-off.ts";
import type { BesideContext, BesideWork } from "./beside-work.ts";
import { factsOf } from "./clip-facts-cache.ts";

/** The film's cut for editing programs, each file written whole. */
export function handOffFiles({ handOff }: FilmPlan, context: BesideContext): readonly BesideWork[] {
  if (!handOff) return [];
  let told: Promise<EditList> | undefined;
  return handOff.files.map(({ format, file }) => ({
    file,
    key: handOff.key,
    async write(path) {
      told ??= hearing(handOff, context);
      await context.world.files.write(path, writeExport(format, await told));
    },
  }));
}

/** The cut with what the files themselves say: which of them have sound, and how long music and voices are. */
async function hearing({ edits, sounds, media, files }: HandOff, context: BesideContext): Promise<EditList> {
  const folder = posix.dirname(files[0]?.file ?? "");
  const silent = new Set<string>();
  for (const { file, sha256 } of media) {
    const { audio } = await factsOf(`${context.batchFolder}/${file}`, sha256, context);
    if (!audio) silent.add(file);
  }
  const placed: PlacedSound[] = [];
  for (const { file, ...sound } of sounds) {
    const told = await context.media.soundFile(file, context.leave);
    placed.push({ ...sound, ...told, file: posix.relative(`${context.batchFolder}/${folder}`, file.path) });
  }
  const heard = (each: EditMedia): EditMedia => ({ ...each, hasSound: !silent.has(posix.join(folder, each.file)) });
  return {
    ...edits,
    sounds: placed.flatMap((sound) => soundEdits(sound, edits.rate, edits.frames)),
    edits: edits.edits.map((edit) => {
      if (edit.shows === "card") return edit;
      const alternates = edit.alternates.map((each) => ({ ...each, media: heard(each.media) }));
      return { ...edit, media: heard(edit.media), alternates };
    }),
  };
}
