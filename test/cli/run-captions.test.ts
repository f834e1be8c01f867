import { execFile } from "node:child_process";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { openStudio, type Studio } from "./studio.ts";

const manifest = (captions: string) => `
name: film
shots:
  - { id: a, prompt: A harbour, dialogue: { en: "Nobody came that winter.", de: "Niemand kam in jenem Winter." } }
  - { id: b, prompt: A keeper, dialogue: [{ text: { en: One, de: Eins }, in: 1, out: 3 }, { en: Two, de: Zwei }] }
sequences:
  - { id: film, shots: [{ shot: a, out: 1 }, { shot: b, in: 2, out: 4.5 }], captions: ${captions} }
`;

test.concurrent("captions lie beside their film, timed by where its clips are cut, and are made again when they are gone", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", manifest("{ as: sidecar, languages: [en, de] }"));
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran, ran.stdout + ran.stderr).toMatchObject({ exitCode: 0 });
  const srt = (...cues: readonly string[]) => cues.map((cue) => `${cue.replaceAll("\n", "\r\n")}\r\n\r\n`).join("");
  const english = srt(
    "1\n00:00:00,000 --> 00:00:01,000\nNobody came that winter.",
    "2\n00:00:01,000 --> 00:00:02,000\nOne",
    "3\n00:00:02,000 --> 00:00:03,500\nTwo",
  );
  expect(await studio.read("output/film/films/film.srt")).toBe(english);
  expect(await studio.read("output/film/films/film.de.srt")).toContain("Zwei");
  expect(await studio.read("output/film/films/film.de.vtt")).toContain("NOTE Language: de");
  const beside = ["films/film.srt", "films/film.vtt", "films/film.de.srt", "films/film.de.vtt", "films/film.jpg"];
  const { sequences } = await studio.summary("film");
  expect(sequences).toMatchObject([{ state: "joined", beside }]);

  const film = join(studio.folder, "output/film/films/film.mp4");
  const before = await stat(film);
  await rm(join(studio.folder, "output/film/films/film.srt"));
  const planned = await studio.callsheet("plan", "film.yaml");
  expect(planned.stdout).toContain("(file beside it missing)");
  const again = await studio.callsheet("run", "film.yaml");
  expect(again, again.stdout + again.stderr).toMatchObject({ exitCode: 0 });
  expect(await studio.read("output/film/films/film.srt")).toBe(english);
  expect((await stat(film)).mtimeMs).toBe(before.mtimeMs);

  await studio.write("film.yaml", manifest("{ as: sidecar, languages: [de] }"));
  await studio.callsheet("run", "film.yaml");
  expect(await readdir(join(studio.folder, "output/film/films"))).toEqual([
    "film.jpg",
    "film.mp4",
    "film.srt",
    "film.vtt",
  ]);
  expect(await studio.read("output/film/films/film.srt")).toContain("Niemand kam");
});

test.concurrent("a film has a track of captions a language, a chapter a shot, its clip's date and a poster", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", `title: Winter\n${manifest("soft, poster: 1.5")}`);
  const planned = await studio.callsheet("plan", "film.yaml");
  expect(planned.stdout).toContain("captions in en and de to be switched on");
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran, ran.stdout + ran.stderr).toMatchObject({ exitCode: 0 });
  const said = await probe(studio, "output/film/films/film.mp4");
  expect(
    said.streams.filter(({ codec_name }) => codec_name === "mov_text").map(({ tags }) => tags["language"]),
  ).toEqual(["eng", "deu"]);
  expect(said.chapters.map(({ tags, start_time }) => [tags.title, Number(start_time)])).toEqual([
    ["a", 0],
    ["b", 1],
  ]);
  expect(said.format.tags["title"]).toBe("Winter");
  const date = Date.parse(said.format.tags["creation_time"] ?? "");
  expect(Math.abs(date - Date.now())).toBeLessThan(3600_000);
  const poster = await probe(studio, "output/film/films/film.jpg");
  expect(poster.streams).toMatchObject([{ codec_name: "mjpeg", width: 1280, height: 720 }]);

  await studio.write("film.yaml", manifest("soft, chapters: false"));
  await studio.callsheet("run", "film.yaml");
  expect((await probe(studio, "output/film/films/film.mp4")).chapters).toEqual([]);
});

/** All that other formats take for more than text, and what is not seen. */
const ODD =
  "\\uFEFFa\\u2028b \\u202Ec\\u202C \\U0001F468\\u200D\\U0001F469 --> <i> {\\\\an8} & e\\u0301\\u0301\\n\\n2\\n00:00:01,000";
/** The first line of a cue in WebVTT. */
const CUE = /^[\d:]+\.\d{3} --> /gm;
const LANGUAGES = "en de fr es it pt nl sv da nb fi pl cs hu ro el tr uk ar he hi ja zh-Hans ko th".split(" ");

test.concurrent("captions in 25 languages, of letters that mean something to other formats, are read by ffmpeg as they were written", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  const texts = (text: string) => LANGUAGES.map((tag) => `${tag}: "${tag} ${text}"`).join(", ");
  const manifest = (text: string) => `
name: film
shots: [{ id: a, prompt: A harbour, dialogue: { ${texts(text)} } }]
sequences: [{ id: film, shots: [{ shot: a, out: 2 }], captions: soft, loudness: off }]
`;
  await studio.write("film.yaml", manifest(ODD));
  const ran = await studio.callsheet("run", "film.yaml");
  expect(ran, ran.stdout + ran.stderr).toMatchObject({ exitCode: 0 });
  const film = join(studio.folder, "output/film/films/film");
  const tracks = (await probe(studio, "output/film/films/film.mp4")).streams;
  expect(tracks.filter(({ codec_name }) => codec_name === "mov_text")).toHaveLength(LANGUAGES.length);
  const cuesIn = async (...input: readonly string[]) => {
    const args = ["-v", "error", "-xerror", ...input, "-f", "webvtt", "-"];
    return (await promisify(execFile)(studio.tools.ffmpeg, args)).stdout.match(CUE)?.length;
  };
  const asked = (await studio.read("output/film/films/film.th.vtt")).match(CUE)?.length;
  expect(asked).toBeGreaterThan(0);
  const all = LANGUAGES.flatMap((_, index) => ["-map", `0:s:${index}`]);
  await promisify(execFile)(studio.tools.ffmpeg, [
    "-v",
    "error",
    "-xerror",
    "-i",
    `${film}.mp4`,
    ...all,
    "-c:s",
    "ass",
    "-f",
    "null",
    "-",
  ]);
  expect(await cuesIn("-i", `${film}.mp4`, "-map", `0:s:${LANGUAGES.length - 1}`)).toBe(asked);
  expect(await cuesIn("-i", `${film}.th.srt`)).toBe(asked);
  expect(await cuesIn("-i", `${film}.th.vtt`)).toBe(asked);
});

interface Probed {
  readonly streams: readonly { readonly codec_name: string; readonly tags: Readonly<Record<string, string>> }[];
  readonly chapters: readonly { readonly start_time: string; readonly tags: { readonly title: string } }[];
  readonly format: { readonly tags: Readonly<Record<string, string>> };
}

async function probe({ folder, tools }: Studio, file: string): Promise<Probed> {
  const asked = ["-v", "error", "-show_chapters", "-show_streams", "-show_format", "-of", "json", join(folder, file)];
  const { stdout } = await promisify(execFile)(tools.ffprobe, asked);
  return JSON.parse(stdout) as Probed;
}
