import { commandLine } from "../manifest/command-line.ts";
import { shownPath } from "../manifest/source-text.ts";
import { missingShots, planFilm, planWithStandIns } from "../plan/film.ts";
import { knownFiles } from "../plan/film-outlook.ts";
import { standsWhole } from "../plan/next-steps.ts";
import { shotStatuses } from "../plan/shot-status.ts";
import { standingsOf } from "../plan/standing.ts";
import { countOf } from "../report/credits.ts";
import { filmNotes } from "../report/film-notes.ts";
import { loudnessFound } from "../report/loudness-words.ts";
import { showProblems } from "../report/squiggle.ts";
import { howToFinish, standInWords } from "../report/stand-ins.ts";
import { SLATES_BLANK, tellFilm } from "../report/tell-plan.ts";
import { nameShots } from "../report/tell-problems.ts";
import { showPlayingTime } from "../report/tell-time.ts";
import { join as joinFilm } from "../run/join.ts";
import { keptOfFilm } from "../run/kept-pieces.ts";
import { openLanes } from "../run/lanes.ts";
import { openRecorder } from "../run/recorder.ts";
import { seenClips } from "../run/seen-clips.ts";
import type { Problem } from "../shot/problem.ts";
import { EXIT, problem, Refusal } from "./exit.ts";
import { filmObstacles } from "./film-obstacles.ts";
import { toolsMissing } from "./machine-obstacles.ts";
import type { SharedFlags } from "./settings.ts";
import { type HeldBatch, withHeldBatch } from "./settle.ts";
import type { Shell } from "./shell.ts";
import { listenForSignals } from "./signals.ts";

export interface JoinFlags extends SharedFlags {
  readonly json?: boolean;
}

/** Joins films again from the clips that are there, whether or not they changed. */
export async function join(path: string, wanted: readonly string[], flags: JoinFlags, shell: Shell): Promise<number> {
  return withHeldBatch(path, flags, shell, { writes: true, media: true, provider: false }, (held) =>
    joinAll(held, wanted, flags, shell),
  );
}

async function joinAll(held: HeldBatch, wanted: readonly string[], flags: JoinFlags, shell: Shell): Promise<number> {
  const { manifest, batch, session } = held;
  const { media, world, ledger } = session;
  if (!media) throw new Refusal(EXIT.usage, [toolsMissing(session.tools)]);
  const unknown = wanted.filter((id) => !manifest.sequences.some((sequence) => sequence.id === id));
  if (unknown.length > 0) {
    const fix = `It has ${manifest.sequences.map(({ id }) => id).join(", ")}.`;
    throw new Refusal(
      EXIT.usage,
      unknown.map((id) => problem("unknown-sequence", `${manifest.shown} has no sequence "${id}"`, fix)),
    );
  }
  const signals = listenForSignals(() => shell.terminal.tell("Stopping; the film that stands there stays as it is."));
  const context = { world, media, batchFolder: batch.folder, watch: () => undefined, leave: signals.drain };
  const recorder = openRecorder({ ledger, manifest, watch: context.watch }, batch.view);
  const tools = { recorder, lanes: openLanes(shell.cores) };
  const standings = standingsOf(batch.view);
  const problems: Problem[] = [];
  for (const sequence of manifest.sequences) {
    if (wanted.length > 0 && !wanted.includes(sequence.id)) continue;
    const standIn = standsWhole(sequence, batch.view, standings)
      ? undefined
      : planWithStandIns(sequence, batch.view, standings);
    const film = planFilm(sequence, batch.view, standings) ?? standIn;
    if (!film) {
      const missing = missingShots(sequence, batch.view, standings);
      const message = `film "${sequence.id}" waits for ${countOf(missing.length, "clip")}: ${nameShots(missing)}`;
      problems.push({
        rule: "film-held",
        message,
        fix: `${commandLine(manifest, "run")} makes what is missing.`,
        place: sequence.place,
      });
      continue;
    }
    const obstacles = session.tools ? filmObstacles([film], manifest, { tools: session.tools, media }) : [];
    if (obstacles.length > 0) throw new Refusal(EXIT.usage, obstacles);
    if (film.clips.some(({ shows }) => shows === "slate") && !media.drawsWords) shell.terminal.tell(SLATES_BLANK);
    const seen = await seenClips([film], batch.view, { files: world.files, batchFolder: batch.folder });
    const kept = await keptOfFilm(film, seen, { files: world.files, media, batchFolder: batch.folder });
    const words = flags.json ? undefined : tellFilm(film, seen, knownFiles(batch.view), kept);
    if (words !== undefined) shell.terminal.tell(words);
    const result = await joinFilm(
      { kind: "join", sequence: sequence.id, film, why: "clips or cut changed" },
      context,
      tools,
    );
    if (result.result !== "done") problems.push(result.problem);
    else if (film.standIns.length > 0) {
      const message = `film "${sequence.id}" is joined ${standInWords(film.standIns)}`;
      const fix = `${howToFinish(film.standIns, shotStatuses(batch.view), manifest)}.`;
      problems.push({
        rule: `film-${sequence.onMissing === "slate" ? "slated" : "skipped"}`,
        message,
        fix,
        place: sequence.place,
      });
    }
    if (result.result === "done" && !signals.drain.aborted && !flags.json) {
      const shown = shownPath(`${batch.folder}/${film.file}`, shell.cwd);
      const figures = recorder.view().state.films.get(sequence.id)?.figures;
      const length = `${showPlayingTime(film.seconds)}, ${countOf(film.frames, "frame")}`;
      shell.terminal.result(`${shown}: ${length}${loudnessFound(figures)}`);
      for (const note of filmNotes(sequence.id, figures)) shell.terminal.tell(`   ${note}`);
    }
  }
  if (flags.json) {
    const films = [...recorder.view().state.films].map(([sequence, film]) => ({ sequence, ...film }));
    shell.terminal.result(JSON.stringify({ version: 1, films, problems }, null, 2));
  } else if (problems.length > 0) shell.terminal.tell(showProblems(problems, new Map()));
  return signals.exitCode() ?? (problems.length > 0 ? EXIT.short : EXIT.done);
}
