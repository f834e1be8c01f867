import { join } from "node:path";
import { pixelSize, type Resolution } from "../shot/resolution.ts";
import type { World } from "../world/world.ts";
import { type Clip, type ClipMode, contentKey, type TakeClip, takeOf } from "./clip.ts";
import * as art from "./clip-art.ts";
import { wrap } from "./wrap.ts";

/** Where clips are rendered. Each is rendered at most once and kept by what it shows. */
export interface Studio {
  /** path of the clip's file, rendered now if it is not there */
  clip(clip: Clip): Promise<string>;
  /** path of a JPEG out of the clip */
  still(clip: Clip): Promise<string>;
  uploadPath(sha256: string): string;
  close(): Promise<void>;
}

export interface StudioOptions {
  readonly mode: ClipMode;
  readonly ffmpeg: string;
  readonly font: string;
  /** absolute */
  readonly folder: string;
}

/** ffmpeg did not make a clip. */
export class UnrenderedClip extends Error {
  override readonly name = "UnrenderedClip";
}

/** Two at a time: one alone leaves a core idle while ffmpeg starts, more only get into each other's way. */
const LANES = 2;
const LONGEST_RENDER_MS = 600_000;

export function openStudio(
  options: StudioOptions,
  world: Pick<World, "files" | "processes" | "clock" | "chance">,
): Studio {
  const { files, processes, clock, chance } = world;
  const { mode, ffmpeg, font, folder } = options;
  const rendering = new Map<string, Promise<string>>();
  const closing = new AbortController();
  const lanes = openLanes(LANES);
  let hasNice = true;

  /** Renders politely: the program under test must not starve beside its own simulator. */
  async function run(args: readonly string[]): Promise<void> {
    // The time-out of a real process is no wait of the vendor's, so it must not shrink with the simulator's speed.
    const timeoutMs = LONGEST_RENDER_MS * (LONGEST_RENDER_MS / clock.lasting(LONGEST_RENDER_MS));
    const limits = { timeoutMs, signal: closing.signal };
    let outcome = hasNice ? await processes.run("nice", ["-n", "10", ffmpeg, ...args], limits) : undefined;
    if (!outcome || outcome.stopped === "ENOENT") {
      hasNice = false;
      outcome = await processes.run(ffmpeg, args, limits);
    }
    if (outcome.exitCode !== 0) {
      const why = outcome.stopped ?? outcome.stderr.trim().split("\n").slice(-3).join("; ");
      throw new UnrenderedClip(`ffmpeg made no clip: ${why}\n  ${outcome.shown}`);
    }
  }

  /** The file of that content, made by `make` unless it is there already or being made. */
  function kept(content: object, ending: string, make: (output: string) => Promise<void>): Promise<string> {
    const path = join(folder, "clips", `${contentKey({ mode, ...content })}.${ending}`);
    const under = rendering.get(path);
    if (under !== undefined) return under;
    const made = (async () => {
      if ((await files.stat(path)) !== undefined) return path;
      await files.makeFolder(join(folder, "clips"));
      const unfinished = `${path}.${chance.token()}.part`; // two simulators may share the folder
      await make(unfinished);
      await files.publish(unfinished, path);
      return path;
    })();
    rendering.set(path, made);
    // A failure is not kept: the next one who asks may have more luck.
    made.catch(() => rendering.delete(path));
    return made;
  }

  const uploadPath = (sha256: string) => join(folder, "uploads", sha256);
  const draw = (args: readonly string[]) => lanes.run(() => run(args));

  async function textFile(text: string): Promise<string> {
    return kept({ text }, "txt", (output) => files.write(output, text));
  }

  function burned(clip: TakeClip): Promise<string> {
    return kept({ clip }, "mp4", async (output) => {
      const first = clip.after ? await lastFrameOf(clip.after) : clip.first && uploadPath(clip.first);
      const columns = clip.orientation === "wide" ? 58 : 32;
      const drawing = {
        font,
        promptText: await textFile(wrap(clip.prompt, columns, 4)),
        idText: await textFile(clip.task),
        first: first || undefined,
        last: clip.last && uploadPath(clip.last),
      };
      await draw(art.drawTake({ ...clip, files: drawing }, output));
    });
  }

  /** One drawing for all takes of a size and length; only the sound is each take's own. */
  function shared(clip: TakeClip, resolution: Resolution): Promise<string> {
    const { orientation, seconds } = clip;
    const one = { kind: "take", task: "shared", prompt: "one picture for all takes", orientation, seconds } as const;
    return kept({ clip: one, resolution, of: clip.task, sound: clip.sound }, "mp4", async (output) => {
      const drawn = await burned({ ...one, sound: false });
      const enlarged = resolution === "720p" ? drawn : await enlarge(drawn, one, resolution);
      const list = await textFile(art.concatList([{ path: enlarged, seconds }]));
      await draw(art.underTone(list, clip.task, seconds, clip.sound, output));
    });
  }

  function tiny(clip: TakeClip, resolution: Resolution): Promise<string> {
    const { orientation, seconds, sound } = clip;
    const task = art.sharedTask("tiny", clip.task);
    return kept({ tinyMoving: task, orientation, seconds, sound, resolution }, "mp4", async (output) => {
      const second = await kept({ moving: task, orientation, resolution }, "mp4", (flat) =>
        draw(art.drawFlat(art.flatColour(Number(task.slice(5))), pixelSize(resolution, orientation), resolution, flat)),
      );
      const list = await textFile(
        art.concatList(Array.from({ length: seconds }, () => ({ path: second, seconds: 1 }))),
      );
      await draw(art.underTone(list, task, seconds, sound, output));
    });
  }

  /** Without words, mark and colour of its own: what is wrong with it is all that it shows. */
  function spoilt(clip: TakeClip, resolution: Resolution): Promise<string> {
    const { look, orientation, seconds, sound, first, after } = clip;
    const begins = look === "repeat" || look === "drift";
    const start = begins && { of: art.sharedTask("tiny", clip.task), first, after };
    return kept({ spoilt: look, ...start, orientation, seconds, sound, resolution }, "mp4", async (output) => {
      const size = pixelSize(resolution, orientation);
      const colour = look === "black" ? "black" : art.flatColour(start ? Number(start.of.slice(5)) : 0);
      const second = await kept({ second: look, colour, orientation, resolution }, "mp4", (drawn) => {
        const isStill = look === "black" || look === "frozen";
        return draw((isStill ? art.drawStill : art.drawFlat)(colour, size, resolution, drawn));
      });
      const seen = start && (after ? await lastFrameOf(after) : first && uploadPath(first));
      const opening = seen
        ? await kept({ opening: seen, look, colour, orientation, resolution }, "mp4", (drawn) =>
            draw(art.drawFlat(colour, size, resolution, drawn, { seen, isWarmer: look === "drift" })),
          )
        : second;
      const list = Array.from({ length: seconds }, (_, index) => ({
        path: index === 0 ? opening : second,
        seconds: 1,
      }));
      const heard = sound && (look === "muted" || look === "clipped") ? look : sound;
      await draw(art.underTone(await textFile(art.concatList(list)), "spoilt", seconds, heard, output));
    });
  }

  function enlarge(drawn: string, of: object, resolution: Resolution): Promise<string> {
    const orientation = "orientation" in of && of.orientation === "upright" ? "upright" : "wide";
    return kept({ enlarged: of, resolution }, "mp4", (output) =>
      draw(art.drawUpgrade(drawn, pixelSize(resolution, orientation), resolution, output)),
    );
  }

  function take(clip: TakeClip, resolution: Resolution): Promise<string> {
    if (clip.look) return spoilt(clip, resolution);
    if (mode === "tiny") return tiny(clip, resolution);
    if (mode === "shared") return shared(clip, resolution);
    return resolution === "720p" ? burned(clip) : burned(clip).then((drawn) => enlarge(drawn, clip, resolution));
  }

  async function clipFile(clip: Clip): Promise<string> {
    if (clip.kind === "take") return take(clip, "720p");
    if (clip.kind === "upgrade") return take(takeOf(clip), clip.resolution);
    return kept({ clip }, "mp4", async (output) => {
      const parts = await Promise.all(
        clip.parts.map(async (part) => {
          const { seconds, sound } = takeOf(part);
          return { path: await clipFile(part), picture: await pictureOf(part), seconds, sound };
        }),
      );
      const list = await textFile(art.concatList(parts.map(({ picture, seconds }) => ({ path: picture, seconds }))));
      await draw(art.inARow(list, parts, output));
    });
  }

  function pictureOf(clip: Clip): Promise<string> {
    return kept({ picture: clip }, "mp4", async (output) => draw(art.pictureOf(await clipFile(clip), output)));
  }

  function lastFrameOf(clip: Clip): Promise<string> {
    return kept({ last: clip }, "jpg", async (output) => draw(art.lastFrame(await clipFile(clip), output)));
  }

  return {
    clip: clipFile,
    still: (clip) => kept({ still: clip }, "jpg", async (output) => draw(art.stillOf(await clipFile(clip), output))),
    uploadPath,
    async close() {
      closing.abort(new Error("the simulator is closing"));
      await Promise.allSettled(rendering.values());
    },
  };
}

/** At most so many at once, first come first served. */
function openLanes(count: number): { run<T>(work: () => Promise<T>): Promise<T> } {
  let free = count;
  const waiting: (() => void)[] = [];
  return {
    async run(work) {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else free += 1;
      }
    },
  };
}
