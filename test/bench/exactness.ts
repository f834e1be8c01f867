import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { samplesOf } from "../../src/media/sound/sound-slots.ts";
import { askChromium, askMediainfo, askMkvmerge, askMp4box } from "../foreign/judges.ts";
import { variants } from "../media/clip-variants.ts";
import { type Demand, demandsOf } from "../media/demands.ts";
import { type HeardFilm, hearFilm, hearSeam } from "../media/hear-film.ts";
import type { Judgement } from "../media/judge-film.ts";
import { flashesOf, type MarkedClip, makeClip, run } from "../media/marked-clip.ts";
import { hashesOf, readPackets } from "../media/packets.ts";
import { openStudio, type Studio, world } from "../media/studio.ts";
import {
  joinMade,
  judgeMade,
  type MadeClip,
  type MadeFilm,
  makeClips,
  makeOddFilm,
  whole,
  wholeIfUsual,
} from "../run/odd-film.ts";
import { CLIPS, FRAMES } from "./large-clips.ts";
import type { BenchTerms } from "./terms.ts";

/** Films of small clips of 8 s, each with its own number: every frame, marker and seam of them is looked at. */
export async function exactness({ tools, counts = [2, 10, 300], tell }: BenchTerms): Promise<void> {
  const most = Math.max(...counts);
  const clips = await smallClips(tools.ffmpeg.path, most);
  for (const count of counts) {
    for (const continued of count === Math.min(10, most) ? [true, false] : [true]) {
      await inStudio(tools, async (studio) => {
        const film = await joinMade(studio, clips.slice(0, count), { continued });
        const judged = await judgeMade(studio, film, { copied: whole, continued });
        const title = `${count} clips${continued ? " that continue one another" : " of other scenes"}`;
        const demands = [...demandsOf(judged), ...(await soundPackets(studio, film))];
        const once = count > 10 ? [] : [await againstEncodedOnce(studio, film, judged)];
        const foreign = count > 10 ? [] : await foreignJudges(studio, film);
        const again = count > 10 ? [] : [await sameBytes(film)];
        tell({ title, demands: [...demands, ...once, ...again, ...foreign] });
      });
    }
  }
  await inStudio(tools, async (studio) => {
    const mute = [1, 2].map((number) => ({ name: `mute-${number}`, number, frames: FRAMES, soundSeconds: 0 }));
    const film = await joinMade(studio, await makeClips(studio, mute));
    const demands = [...demandsOf(await judgeMade(studio, film, { copied: whole })), await sameBytes(film)];
    tell({ title: "2 mute clips", demands: [...demands, ...(await foreignJudges(studio, film))] });
  });
  await inStudio(tools, async (studio) => {
    const odd = variants("full").filter(({ broken }) => !broken);
    const film = await makeOddFilm(studio, odd, FRAMES);
    const demands =
      film.joined.result.result === "done" ? demandsOf(await judgeMade(studio, film, { copied: wholeIfUsual })) : [];
    const made = yes("it is made", film.joined.result.result === "done");
    tell({ title: `${odd.length} odd clips of 8 s, each between usual ones`, demands: [made, ...demands] });
  });
  for (const broken of variants("full").filter(({ broken }) => broken)) {
    await inStudio(tools, async (studio) => {
      const { joined } = await makeOddFilm(studio, [broken], FRAMES);
      const left = await world.files.list(join(joined.path, ".."));
      tell({
        title: `a film with a clip that is ${broken.name}`,
        demands: [
          yes("it is refused", joined.result.result !== "done"),
          yes("nothing is half made", left.length === 0),
        ],
      });
    });
  }
}

async function inStudio(tools: BenchTerms["tools"], work: (studio: Studio) => Promise<void>): Promise<void> {
  const tidy: (() => Promise<void>)[] = [];
  try {
    await work(await openStudio(tools, (done) => tidy.push(done)));
  } finally {
    for (const done of tidy) await done();
  }
}

async function smallClips(ffmpeg: string, count: number): Promise<readonly MadeClip[]> {
  const folder = join(CLIPS, "small");
  await mkdir(folder, { recursive: true });
  const made: MadeClip[] = [];
  const scratch = await mkdtemp(join(tmpdir(), "callsheet-bench-"));
  try {
    for (let number = 1; number <= count; number++) {
      const clip: MarkedClip = { name: `small-${number}`, number, frames: FRAMES };
      const path = join(folder, `${number}.mp4`);
      const isThere = await stat(path).catch(() => undefined);
      if (!isThere) await world.files.publish(await makeClip(ffmpeg, world, scratch, clip), path);
      await world.files.remove(join(scratch, `${clip.name}.gray`));
      await world.files.remove(join(scratch, `${clip.name}.f32`));
      made.push({ clip, path });
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return made;
}

/** Packets of the sound that are not the clips' own: none but a few at each seam, where sound is copied. */
async function soundPackets(studio: Studio, { clips, joined }: MadeFilm): Promise<readonly Demand[]> {
  const ffmpeg = studio.tools.ffmpeg.path;
  const film = hashesOf(await readPackets(ffmpeg, world, joined.path, "a:0"));
  const own: string[] = [];
  const seams: number[] = [];
  for (const { path } of clips) {
    const { packets } = await readPackets(ffmpeg, world, path, "a:0");
    seams.push(own.length);
    own.push(...packets.filter(({ shownAt }) => shownAt >= 0).map(({ hash }) => hash));
  }
  const lead = film.length - own.length;
  const changed = own.flatMap((hash, index) => (film[index + lead] === hash ? [] : [index]));
  const near = (index: number) => seams.slice(1).find((seam) => Math.abs(index + 0.5 - seam) <= 6);
  const perSeam = new Map<number, number>();
  for (const seam of changed.map(near)) if (seam !== undefined) perSeam.set(seam, (perSeam.get(seam) ?? 0) + 1);
  const far = changed.filter((index) => near(index) === undefined).length;
  const most = Math.max(0, ...perSeam.values());
  return [
    {
      what: "sound packets that changed away from seams",
      demand: "0",
      measured: `${far} of ${own.length}`,
      isMet: far === 0,
    },
    { what: "sound packets that changed at a seam", demand: "at most 6", measured: `${most}`, isMet: most <= 6 },
  ];
}

/** The same seams when all clips' sound is put end to end and encoded once: the best that an encoding of all can do. */
async function againstEncodedOnce(studio: Studio, { clips }: MadeFilm, judged: Judgement): Promise<Demand> {
  const tools = { ffmpeg: studio.tools.ffmpeg.path, ffprobe: studio.tools.ffprobe.path };
  const raw = join(studio.folder, "once.f32");
  const once = join(studio.folder, "once.m4a");
  const sounds = new Map<string, HeardFilm>();
  for (const { path } of clips)
    if (!sounds.has(path)) sounds.set(path, await hearFilm(tools, world, studio.folder, path));
  const rate = { numerator: 24, denominator: 1 };
  const pieces: Float32Array[] = [];
  for (const { clip, path } of clips) {
    const sound = await sounds.get(path)?.read(0, samplesOf(clip.frames, rate));
    if (sound) pieces.push(sound);
  }
  // Faded where the film's are, so that both are compared with one wish.
  const wanted = judged.seams.map(({ wanted }) => wanted);
  const whole = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const [index, piece] of pieces.entries()) {
    whole.set(piece, at);
    at += piece.length;
    const seam = wanted[index - 1];
    if (seam) whole.set(seam, at - piece.length - seam.length / 2);
  }
  await world.files.write(raw, new Uint8Array(whole.buffer));
  const input = ["-f", "f32le", "-ar", "48000", "-ac", "1", "-i", raw];
  await run(world, tools.ffmpeg, [...input, "-ac", "2", "-c:a", "aac", "-b:a", "192k", "-aac_pns", "0", once]);
  const heard = await hearFilm(tools, world, studio.folder, once);
  let worst = Number.NEGATIVE_INFINITY;
  let border = 0;
  for (const [index, seam] of judged.seams.entries()) {
    border += pieces[index]?.length ?? 0;
    if (!seam.wanted || seam.errorDb === undefined) continue;
    const { errorDb = Number.NaN } = await hearSeam(heard, border, seam.wanted);
    if (seam.errorDb > -30) worst = Math.max(worst, seam.errorDb - errorDb);
  }
  const measured = Number.isFinite(worst) ? `${worst.toFixed(1)} dB worse` : "all at most -30 dB";
  const demand = "at most 3 dB worse, or -30 dB";
  return { what: "seam against one encoding of all", demand, measured, isMet: worst <= 3 };
}

/** Programs that had no part in joining. */
async function foreignJudges(studio: Studio, { clips, joined }: MadeFilm): Promise<readonly Demand[]> {
  const film = joined.path;
  const { faults } = await askMkvmerge(film, studio.folder);
  const { picture } = await askMediainfo(film);
  const box = await askMp4box(film);
  const wanted = clips.flatMap(({ clip }, index) =>
    [0, 1, FRAMES / 2, FRAMES - 1].map((frame) => ({
      ...{ clip: clip.number, frame },
      at: (index * FRAMES + frame + 0.5) / 24,
    })),
  );
  const seen = await askChromium(film, wanted);
  const wrong = wanted.flatMap(({ clip, frame }, index) => {
    const shown = seen.frames[index];
    return shown?.clip === clip && shown.frame === frame ? [] : [`${clip}/${frame}: ${shown?.clip}/${shown?.frame}`];
  });
  const flashes = clips.flatMap(({ clip }, index) =>
    clip.soundSeconds === 0 ? [] : flashesOf(clip).map((flash) => (index * FRAMES + flash) / 24),
  );
  const late =
    Math.max(0, ...flashes.map((flash, index) => Math.abs((seen.bursts[index] ?? Number.NaN) - flash))) * 1000;
  return [
    yes("mkvmerge takes it without a warning", faults.length === 0),
    yes("mediainfo finds one steady rate", picture["FrameRate_Mode"] === "CFR"),
    box === undefined
      ? { what: "MP4Box finds one steady rate", demand: "where there is one", measured: "not installed", isMet: true }
      : yes("MP4Box finds one steady rate", /- FPS 24\.000/.test(box)),
    {
      what: "exact seeks in Chromium",
      demand: `${wanted.length}`,
      measured: `${wanted.length - wrong.length}${wrong.length > 0 ? `, not ${wrong[0]}` : ""}`,
      isMet: wrong.length === 0,
    },
    {
      what: "flash to burst in Chromium's sound, ms",
      demand: "at most 1",
      measured: `${late.toFixed(3)}, ${seen.bursts.length} of ${flashes.length} heard`,
      isMet: late <= 1 && seen.bursts.length === flashes.length,
    },
  ];
}

async function sameBytes({ joined, joinAgain }: MadeFilm): Promise<Demand> {
  const first = await world.files.sha256(joined.path);
  await world.files.remove(joined.path);
  return yes("the same clips give the same bytes", first === (await world.files.sha256((await joinAgain()).path)));
}

function yes(what: string, isMet: boolean): Demand {
  return { what, demand: "yes", measured: isMet ? "yes" : "no", isMet };
}
