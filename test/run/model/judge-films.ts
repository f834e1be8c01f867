import { parentOf } from "../../../src/manifest/manifest.ts";
import { isComplete } from "../../../src/plan/shot-status.ts";
import type { ShotId } from "../../../src/shot/id.ts";
import type { BatchRecord, History } from "./history.ts";

/** Why a shot may be short of what was asked for although all went well in the end. */
const EXCUSES = ["extend-after-upgrade", "parent-missing", "upgrade-refused", "clip-unusable"];

/** A film goes without a shot only where that is allowed and nothing more comes of the shot in that run. */
export function filmsWaitForWhatComes({ joins, batches }: History): readonly string[] {
  return joins.flatMap(({ batch, run, state, shows, rested, isStopped }) => {
    const { manifest } = batches[batch] as BatchRecord;
    const [film] = manifest.sequences;
    const missing = manifest.shots.filter(({ id }) => {
      return !(state.takes.get(id) ?? []).some(({ task }) => task !== undefined && shows.includes(task));
    });
    if (missing.length === 0) return [];
    const name = `the film of ${manifest.name}, joined in ${run},`;
    const broken: string[] = [];
    if (film?.onMissing === "hold") broken.push(`${name} is to be held and lacks ${missing.map(({ id }) => id)}`);
    const slates = shows.filter((task) => task.startsWith("slate of "));
    if (slates.length !== (film?.onMissing === "slate" ? missing.length : 0))
      broken.push(`${name} lacks ${missing.length} shots and shows ${slates.length} slates`);
    const hasRested = (kind: string, id: ShotId, number: number) => rested.has(`${kind} ${id}/${number}`);
    for (const { id, retry, start, takes: wanted } of missing) {
      const takes = state.takes.get(id) ?? [];
      const open = takes.find(({ purchase, number }) => purchase === "generating" && !hasRested("poll", id, number));
      if (open) broken.push(`${name} does not wait for ${id}/${open.number}, which is generating`);
      const sent = takes.filter(({ purchase }) => purchase !== "deferred" && purchase !== "forgotten");
      const again = (end: "failed" | "refused") =>
        Math.min(retry?.[end] ?? 0, sent.filter(({ purchase }) => purchase === end).length);
      const isDue = start.from === "prompt" && sent.length < wanted + again("failed") + again("refused");
      const wasTried = [...rested].some((key) => key.startsWith(`submit ${id}/`));
      if (isDue && !isStopped && !wasTried)
        broken.push(`${name} does not wait for ${id}, of which another take is due`);
    }
    return broken;
  });
}

/** With everything working again, every shot gets made and every film joined. */
export function allIsMade({ batches }: History): readonly string[] {
  return batches.flatMap(({ manifest, shots, films, reel }) => {
    const short = shots.filter((shot) => !isComplete(shot));
    const waits = (id: ShotId) => {
      const shot = manifest.shots.find((each) => each.id === id);
      return shot !== undefined && short.some((each) => each.id === parentOf(shot));
    };
    const extendsAnother = (id: ShotId) =>
      manifest.shots.some((shot) => shot.id === id && shot.start.from === "extends");
    const broken = short
      .filter(({ id, problem }) => !EXCUSES.includes(problem?.rule ?? "") && !(problem === null && waits(id)))
      // Its parent may be upgraded by now, and so can never be extended once more.
      .filter(({ id, problem }) => problem?.rule !== "task-unclear" || !extendsAnother(id))
      .map(
        ({ id, state, problem }) => `${manifest.name}: ${id} stays "${state}": ${problem?.message ?? "no word why"}`,
      );
    if (shots.length === 0) broken.push(`${manifest.name}: no run ever ended`);
    for (const film of films) {
      if (film.state !== "joined" || film.file === null) {
        if (short.length === 0) broken.push(`${manifest.name}: film ${film.id} is ${film.state}`);
        continue;
      }
      const played = reel(film.file)
        ?.shows.map(({ task }) => task)
        .join();
      const wanted = shots.map(({ task }) => task).join();
      if (played !== wanted) broken.push(`${manifest.name}: film ${film.id} plays ${played}, not ${wanted}`);
    }
    return broken;
  });
}
