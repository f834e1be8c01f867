import { XMLParser } from "fast-xml-parser";

/** What an editing program plays on its track of picture, read from an export by a reader of the test's own. */
export interface Played {
  /** as the export names it; null for a card */
  readonly file: string | null;
  /** in the film, in frames */
  readonly at: number;
  readonly frames: number;
  /** where in its file it begins, in frames of the film's rate */
  readonly from: number;
  readonly isHeld?: true;
}

export interface Crossed {
  readonly at: number;
  readonly frames: number;
}

export interface ReadBack {
  readonly played: readonly Played[];
  readonly crossed: readonly Crossed[];
}

type Json = Readonly<Record<string, unknown>>;

/** @see OpenTimelineIO, "Timeline Structure": items lie end to end, transitions over the cut that they stand on */
export function readOtio(text: string): ReadBack {
  const timeline = JSON.parse(text) as Json;
  const [picture] = list(object(timeline["tracks"])["children"]);
  const played: Played[] = [];
  const crossed: Crossed[] = [];
  let at = 0;
  for (const item of list(object(picture)["children"])) {
    if (item["OTIO_SCHEMA"] === "Transition.1") {
      const lead = framesOf(item["in_offset"]);
      crossed.push({ at: at - lead, frames: lead + framesOf(item["out_offset"]) });
      continue;
    }
    const range = object(item["source_range"]);
    const [frames, from] = [framesOf(range["duration"]), framesOf(range["start_time"])];
    const media = object(object(item["media_references"])[String(item["active_media_reference_key"])]);
    const file = item["OTIO_SCHEMA"] === "Gap.1" ? null : decodeURIComponent(String(media["target_url"]));
    played.push({ file, at, frames, from, ...(list(item["effects"]).length > 0 && { isHeld: true }) });
    at += frames;
  }
  return { played, crossed };
}

function nodesOf(at: unknown, name: string): readonly Json[] {
  return list(at).flatMap((node) => (node[name] ? [{ ...object(node[":@"]), in: node[name] }] : []));
}

function openFcpxml(text: string) {
  const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "", preserveOrder: true });
  const only = (at: unknown, name: string) => object(nodesOf(at, name)[0]);
  const root = only(parser.parse(text), "fcpxml")["in"];
  const resources = only(root, "resources")["in"];
  const files = new Map(
    nodesOf(resources, "asset").map((asset) => [asset["id"], only(asset["in"], "media-rep")["src"]]),
  );
  const sequence = only(only(only(only(root, "library")["in"], "event")["in"], "project")["in"], "sequence");
  const rates = new Map(nodesOf(resources, "format").map((format) => [format["id"], seconds(format["frameDuration"])]));
  const frame = rates.get(sequence["format"]) ?? Number.NaN;
  return { files, frame, spine: only(sequence["in"], "spine")["in"] };
}

/** @see Apple, "FCPXML Reference": offsets are times of the sequence, starts are times of the clip's own file */
export function readFcpxml(text: string): ReadBack {
  const { files, frame, spine } = openFcpxml(text);
  const count = (time: unknown) => Math.round((seconds(time) / frame) * 1e6) / 1e6;
  const played: Played[] = [];
  const crossed: Crossed[] = [];
  for (const node of list(spine)) {
    const attributes = object(node[":@"]);
    const [at, frames] = [count(attributes["offset"]), count(attributes["duration"])];
    if (node["transition"]) crossed.push({ at, frames });
    else if (node["gap"]) played.push({ file: null, at, frames, from: 0 });
    else {
      const file = decodeURIComponent(String(files.get(attributes["ref"])));
      const map = nodesOf(node["asset-clip"], "timeMap")[0];
      const held = map && nodesOf(map["in"], "timept")[0]?.["value"];
      const from = count(held ?? attributes["start"]);
      played.push({ file, at, frames, from, ...(held !== undefined && { isHeld: true }) });
    }
  }
  return { played, crossed };
}

/** A sound below the film, in frames of its rate. */
export interface Heard extends Omit<Played, "isHeld"> {
  readonly lane: string;
  readonly gainDb: number;
  readonly fadeIn: number;
  readonly fadeOut: number;
}

export function readOtioSounds(text: string): readonly Heard[] {
  const tracks = list(object((JSON.parse(text) as Json)["tracks"])["children"]).slice(2);
  return tracks.flatMap((track, index) => {
    let at = 0;
    return list(track["children"]).flatMap((item): Heard[] => {
      const range = object(item["source_range"]);
      const [frames, from, begins] = [framesOf(range["duration"]), framesOf(range["start_time"]), at];
      at += frames;
      if (item["OTIO_SCHEMA"] === "Gap.1") return [];
      const [media] = Object.values(object(item["media_references"])).map(object);
      const [facts] = Object.values(object(object(item["metadata"])["callsheet"])).map(object);
      const file = decodeURIComponent(String(media?.["target_url"]));
      const levels = {
        gainDb: Number(facts?.["gain_db"]),
        ...fades(facts?.["fade_in_frames"], facts?.["fade_out_frames"]),
      };
      return [{ file, at: begins, frames, from, lane: `${track["name"]} ${index}`, ...levels }];
    });
  });
}

function fades(fadeIn: unknown, fadeOut: unknown): Pick<Heard, "fadeIn" | "fadeOut"> {
  return { fadeIn: Number(fadeIn ?? 0), fadeOut: Number(fadeOut ?? 0) };
}

/** What hangs below the first clip of the story, in the time of that clip. */
export function readFcpxmlSounds(text: string): readonly Heard[] {
  const { files, frame, spine } = openFcpxml(text);
  const count = (time: unknown) => Math.round((seconds(time) / frame) * 1e6) / 1e6;
  const [first] = nodesOf(spine, "asset-clip");
  return nodesOf(first?.["in"], "asset-clip").map((clip) => {
    const volume = nodesOf(clip["in"], "adjust-volume")[0];
    const param = nodesOf(volume?.["in"], "param")[0]?.["in"];
    const fade = (name: string) => count(nodesOf(param, name)[0]?.["duration"] ?? "0s");
    return {
      file: decodeURIComponent(String(files.get(clip["ref"]))),
      at: count(clip["offset"]) - count(first?.["start"]),
      frames: count(clip["duration"]),
      from: count(clip["start"]),
      lane: `${clip["audioRole"] === "music" ? "Music" : "Voice"} ${-Number(clip["lane"]) - 1}`,
      gainDb: volume ? Number.parseFloat(String(volume["amount"])) : 0,
      ...fades(fade("fadeIn"), fade("fadeOut")),
    };
  });
}

/**
 * The events of a list. A transition lies at the head of its second line, whose picture begins there already.
 *
 * @param base - frames that the timecode counts a second
 */
export function readEdl(text: string, base: number): ReadBack {
  const LINE =
    /^(\d{3}) {2}(\S+) +(V|AA|AA\/V) +(C|D|W\d{3}) +(\d{3})? +([\d:;]{11}) ([\d:;]{11}) ([\d:;]{11}) ([\d:;]{11})$/;
  const played: (Played & { readonly reel: string })[] = [];
  const crossed: Crossed[] = [];
  let open: number[] = [];
  for (const line of text.split("\n")) {
    const [, , reel = "", channels, kind, length, ...times] = LINE.exec(line) ?? [];
    const source = /^\* SOURCE FILE: (.*)$/.exec(line)?.[1];
    if (times.length === 4 && channels !== "AA") {
      const [from = 0, , at = 0, end = 0] = times.map((time) => countTimecode(time, base));
      if (kind !== "C") crossed.push({ at, frames: Number(length) });
      if (end > at) open = [played.push({ file: null, at, frames: end - at, from, reel }) - 1];
    }
    for (const index of open) {
      const each = played[index];
      if (!each) continue;
      if (line.startsWith("M2")) played[index] = { ...each, isHeld: true };
      if (source !== undefined && each.reel !== "BL") played[index] = { ...each, file: source };
    }
  }
  return { played: played.map(({ reel: _, ...each }) => each), crossed };
}

/** Dropped numbers are found by counting, minute by minute, and not by the arithmetic that is to be tested. */
function countTimecode(time: string, base: number): number {
  const [hours = 0, minutes = 0, seconds = 0, frames = 0] = time.split(/[:;]/).map(Number);
  const all = hours * 60 + minutes;
  let dropped = 0;
  if (time.includes(";")) for (let minute = 1; minute <= all; minute++) if (minute % 10 !== 0) dropped += base / 15;
  return (all * 60 + seconds) * base + frames - dropped;
}

function seconds(time: unknown): number {
  const [numerator = Number.NaN, denominator = 1] = String(time).replace(/s$/, "").split("/").map(Number);
  return numerator / denominator;
}

function framesOf(time: unknown): number {
  return Number(object(time)["value"]);
}

function object(value: unknown): Json {
  return (value ?? {}) as Json;
}

function list(value: unknown): readonly Json[] {
  return (value ?? []) as readonly Json[];
}
