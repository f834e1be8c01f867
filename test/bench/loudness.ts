import { HIGHEST_PEAK_DB } from "../../src/media/sound/level-shots.ts";
import type { FilmLoudness, HeldBy } from "../../src/shot/loudness.ts";
import { LOUDNESS_TOLERANCE } from "../../src/shot/loudness.ts";
import type { Demand } from "../media/demands.ts";
import type { MarkedClip } from "../media/marked-clip.ts";
import { openStudio, type Studio, world } from "../media/studio.ts";
import { joinMade, type MadeFilm, makeClips } from "../run/odd-film.ts";
import { FRAMES } from "./large-clips.ts";
import type { BenchTerms } from "./terms.ts";

/** A shot may be so far from the film's target without a reason, in LU. */
const SHOT_TOLERANCE = 1;

const SECONDS = FRAMES / 24;

/** What is done to the sound of a tone at -20 dBFS with bursts at -6: from a shout to what is left as it is. */
const LEVELS: Readonly<Record<string, string>> = {
  "as made": "anull",
  "12 dB softer": "volume=-12dB",
  "7 dB louder": "volume=7dB",
  "24 dB softer": "volume=-24dB",
  "cut off at full scale": "volume=20dB,alimiter=limit=1:level=false",
  "34 dB softer": "volume=-34dB",
  silent: "volume=0",
};

/** Clips of very different levels, and what becomes of them and of the film at several targets. */
export async function loudness({ tools, tell }: BenchTerms): Promise<void> {
  const tidy: (() => Promise<void>)[] = [];
  try {
    const studio = await openStudio(tools, (done) => tidy.push(done));
    const clips = await makeClips(
      studio,
      Object.values(LEVELS).map(
        (filter, number): MarkedClip => ({ name: `level-${number}`, number, frames: FRAMES, options: ["-af", filter] }),
      ),
    );
    for (const target of [-14, -23]) {
      const film = await joinMade(studio, clips, { loudness: target });
      tell({
        title: `${clips.length} clips of all levels, to ${target} LUFS`,
        demands: await heard(studio, film, target),
      });
    }
  } finally {
    for (const done of tidy) await done();
  }
}

async function heard(studio: Studio, { joined }: MadeFilm, target: number): Promise<readonly Demand[]> {
  const figures = joined.figures?.loudness;
  if (!figures) return [{ what: "figures of loudness", demand: "there", measured: "none", isMet: false }];
  const whole = await listen(studio, joined.path, []);
  const film = level("the film", whole, target, LOUDNESS_TOLERANCE, figures.heldBy);
  const shots: Demand[] = [];
  for (const [index, name] of Object.keys(LEVELS).entries()) {
    const found = await listen(studio, joined.path, ["-ss", `${index * SECONDS}`, "-t", `${SECONDS}`]);
    shots.push(level(`the shot ${name}`, found, wanted(figures, target), SHOT_TOLERANCE, heldOf(figures, index)));
  }
  const peak: Demand = {
    what: "highest true peak, dBTP",
    demand: `at most ${HIGHEST_PEAK_DB}`,
    measured: whole.truePeakDb.toFixed(2),
    isMet: whole.truePeakDb <= HIGHEST_PEAK_DB + 0.05,
  };
  return [film, peak, ...shots];
}

/** Shots are brought to one level, and all of them by one gain more to where the film is at its target. */
function wanted({ gainDb }: FilmLoudness, target: number): number {
  return target + gainDb;
}

function heldOf({ shots }: FilmLoudness, index: number): HeldBy | null {
  return shots[index]?.heldBy ?? null;
}

function level(what: string, { lufs }: Heard, target: number, tolerance: number, heldBy: HeldBy | null): Demand {
  const off = lufs - target;
  return {
    what: `${what}, LU off ${target.toFixed(1)} LUFS`,
    demand: `at most ${tolerance}, or a reason`,
    measured: `${Number.isFinite(lufs) ? off.toFixed(2) : "silence"}${heldBy ? `, held by ${heldBy}` : ""}`,
    // A reason excuses what is softer than it should be, and nothing that is louder.
    isMet: Math.abs(off) <= tolerance || (heldBy !== null && off < 0),
  };
}

interface Heard {
  readonly lufs: number;
  readonly truePeakDb: number;
}

/** By ffmpeg's `loudnorm`, whose meter is another than that of `ebur128`, which the film was made with. */
async function listen({ tools }: Studio, film: string, stretch: readonly string[]): Promise<Heard> {
  const { stderr } = await world.processes.run(tools.ffmpeg.path, [
    ...["-hide_banner", "-nostdin", ...stretch, "-i", film, "-map", "0:a"],
    ...["-af", "loudnorm=print_format=json", "-f", "null", "-"],
  ]);
  const value = (key: string) =>
    Number(new RegExp(`"${key}" : "([^"]+)"`).exec(stderr)?.[1]?.replace("inf", "Infinity"));
  return { lufs: value("input_i"), truePeakDb: value("input_tp") };
}
