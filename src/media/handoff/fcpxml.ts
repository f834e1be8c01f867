import { type FrameRate, frameAt, sameFrameRate, showFrameRate } from "../../shot/frame-rate.ts";
import type { PixelSize } from "../../shot/resolution.ts";
import { timecodeCount } from "../../shot/timecode.ts";
import type { CardEdit, ClipEdit, EditList, EditMedia, SoundEdit } from "./edit-list.ts";
import { mediaUrl } from "./media-url.ts";
import { clipFacts, originName } from "./provenance-facts.ts";
import { soundLanes } from "./sound-edits.ts";
import { type ExactSeconds, sourceTime, sum, timeOf } from "./source-time.ts";
import { type Crossing, pictureStretches, type Stretch, soundStretches } from "./stretches.ts";
import { element, writeXml, type XmlElement } from "./xml.ts";

/** @see Apple, "FCPXML Reference" and its document type definition of this version */
const VERSION = "1.10";

/** Metadata keys are named by whom they belong to, as a domain read backwards. */
const KEY = "com.callsheet";

/** The effect that every transition of ours is shown as. @see any project exported by Final Cut Pro with a cross dissolve in it */
const DISSOLVE = { id: "cross-dissolve", name: "Cross Dissolve", uid: "FxPlug:4731E73A-8DAC-4113-9A30-AE85B1761265" };
const CROSSFADE = { id: "audio-crossfade", name: "Audio Crossfade", uid: "FFAudioTransition" };

const ZERO: ExactSeconds = { numerator: 0, denominator: 1 };

/**
 * The film as FCPXML: a library with one event, in which lie the project and all files that were not picked.
 *
 * Every time is an exact fraction of seconds. What only we know of a clip stands in a chapter marker, a note and metadata.
 * Transitions are shown as dissolves and named by their kind: the other ones are effects whose names only the program knows.
 */
export function writeFcpxml(list: EditList): string {
  const resources = openResources(list);
  const spine = spineOf(list, resources);
  const sequence = element(
    "sequence",
    {
      format: resources.format(list.size, list.rate),
      duration: showTime(timeOf(list.frames, list.rate)),
      tcStart: "0s",
      tcFormat: tcFormat(list.rate),
      audioLayout: "stereo",
      audioRate: "48k",
    },
    [element("spine", {}, spine)],
  );
  const name = list.title ?? list.name;
  const event = element("event", { name }, [
    ...alternateClips(list, resources),
    element("project", { name: list.name }, [sequence]),
  ]);
  const root = element("fcpxml", { version: VERSION }, [
    element("resources", {}, resources.all()),
    element("library", {}, [event]),
  ]);
  return writeXml(root, "fcpxml");
}

/** What the story refers to by name. Each is listed once. */
interface Resources {
  format(size: PixelSize, rate: FrameRate): string;
  clip(media: EditMedia, name: string): string;
  sound(edit: SoundEdit, rate: FrameRate): string;
  /** the two halves of a transition */
  transition(): void;
  all(): readonly XmlElement[];
}

function openResources(list: EditList): Resources {
  const formats = new Map<string, XmlElement>();
  const assets = new Map<string, XmlElement>();
  const effects: XmlElement[] = [];
  const idOf = (known: ReadonlyMap<string, XmlElement>, key: string) => known.get(key)?.attributes["id"] as string;
  const asset = (file: string, attributes: XmlElement["attributes"]) => {
    if (!assets.has(file)) {
      const source = element("media-rep", { kind: "original-media", src: mediaUrl(file) });
      assets.set(file, element("asset", { id: `media-${assets.size + 1}`, ...attributes }, [source]));
    }
    return idOf(assets, file);
  };
  const resources: Resources = {
    format: ({ width, height }, rate) => {
      const key = `${width}x${height} ${showFrameRate(rate)}`;
      if (!formats.has(key)) {
        const id = `format-${formats.size + 1}`;
        const frameDuration = showTime(timeOf(1, rate));
        formats.set(key, element("format", { id, frameDuration, width, height, colorSpace: "1-1-1 (Rec. 709)" }));
      }
      return idOf(formats, key);
    },
    clip: (media, name) => {
      const sound = { hasAudio: 1, audioSources: 1, audioChannels: 2, audioRate: 48_000 };
      return asset(media.file, {
        ...{ name, start: "0s", duration: showTime(timeOf(media.frames, media.rate)) },
        ...{ hasVideo: 1, videoSources: 1, format: resources.format(media.size, media.rate) },
        ...(media.hasSound ? sound : {}),
      });
    },
    sound: ({ file, mediaFrames, channels }, rate) => {
      const duration = showTime(timeOf(mediaFrames, rate));
      return asset(file, {
        name: baseName(file),
        start: "0s",
        duration,
        hasAudio: 1,
        audioSources: 1,
        audioChannels: channels,
      });
    },
    transition: () => {
      if (effects.length === 0) effects.push(element("effect", DISSOLVE), element("effect", CROSSFADE));
    },
    all: () => [...formats.values(), ...assets.values(), ...effects],
  };
  resources.format(list.size, list.rate);
  return resources;
}

function spineOf(list: EditList, resources: Resources): readonly XmlElement[] {
  const sounds = soundStretches(list);
  return pictureStretches(list).flatMap((stretch, index) => {
    const { edit, crossing } = stretch;
    const sound = sounds.find((each) => each.edit === edit) ?? stretch;
    // What plays below the film hangs on its first clip, and goes along with it.
    const connect = (start: ExactSeconds) => (index === 0 ? connected(list, resources, start) : []);
    const story =
      edit.shows === "card"
        ? gapOf(edit, stretch, list.rate, connect(ZERO))
        : clipOf(edit, { stretch, sound, rate: list.rate }, resources, connect);
    return crossing ? [transitionOf(crossing, stretch, list.rate, resources), story] : [story];
  });
}

function clipOf(
  edit: ClipEdit,
  { stretch, sound, rate }: { stretch: Stretch; sound: Stretch; rate: FrameRate },
  resources: Resources,
  connect: (start: ExactSeconds) => readonly XmlElement[],
): XmlElement {
  const { media, origin, gainDb } = edit;
  const moment = sourceTime(stretch, edit, rate);
  const isHeld = stretch.plays === "held";
  const start = isHeld ? ZERO : moment;
  const duration = timeOf(stretch.frames, rate);
  const isQuiet = isHeld || gainDb === "mute" || !media.hasSound;
  const attributes = {
    ref: resources.clip(media, clipName(edit)),
    offset: showTime(timeOf(stretch.startFrame, rate)),
    name: edit.shot,
    start: showTime(start),
    duration: showTime(duration),
    srcEnable: isQuiet ? "video" : undefined,
    // The sound goes on below the held frame that takes the picture over.
    ...(isQuiet || sound.frames === stretch.frames
      ? {}
      : { audioStart: showTime(start), audioDuration: showTime(timeOf(sound.frames, rate)) }),
    format: resources.format(media.size, media.rate),
    tcFormat: tcFormat(media.rate),
    audioRole: isQuiet ? undefined : "dialogue",
  };
  return element("asset-clip", attributes, [
    element("note", {}, [origin.prompt]),
    // Frames of another rate are shown at their own times: the clip is not slowed down.
    ...(sameFrameRate(media.rate, rate) ? [] : [element("conform-rate", { scaleEnabled: 0 })]),
    ...(isHeld ? [heldAt(moment, duration)] : []),
    ...(gainDb === "mute" || gainDb === 0 || isQuiet ? [] : [element("adjust-volume", { amount: `${gainDb}dB` })]),
    ...connect(start),
    ...(isHeld ? [] : [markerOf(edit, start)]),
    metadataOf(edit),
  ]);
}

/** All moments of the clip show the same one of its file. */
function heldAt(moment: ExactSeconds, duration: ExactSeconds): XmlElement {
  const value = showTime(moment);
  return element("timeMap", {}, [
    element("timept", { time: "0s", value, interp: "linear" }),
    element("timept", { time: showTime(duration), value, interp: "linear" }),
  ]);
}

function markerOf({ shot, origin }: ClipEdit, start: ExactSeconds): XmlElement {
  return element("chapter-marker", { start: showTime(start), value: shot, note: origin.prompt });
}

function metadataOf(edit: ClipEdit): XmlElement {
  const { alternates, ...facts } = clipFacts(edit);
  const told = Object.entries(facts).flatMap(([name, value]) => {
    if (value === null) return [];
    const shown = typeof value === "object" ? JSON.stringify(value) : String(value);
    return [element("md", { key: `${KEY}.${name}`, value: shown })];
  });
  const files = alternates.map(({ file }) => element("string", {}, [file]));
  const others = files.length === 0 ? [] : [element("md", { key: `${KEY}.alternates` }, [element("array", {}, files)])];
  return element("metadata", {}, [...told, ...others]);
}

function gapOf(edit: CardEdit, stretch: Stretch, rate: FrameRate, connected: readonly XmlElement[]): XmlElement {
  const attributes = {
    name: `slate ${edit.shot}`,
    offset: showTime(timeOf(stretch.startFrame, rate)),
    start: "0s",
    duration: showTime(timeOf(stretch.frames, rate)),
  };
  return element("gap", attributes, [
    element("note", {}, [`A card stands for shot ${edit.shot}, whose clip is not there.`]),
    ...connected,
    element("chapter-marker", { start: "0s", value: edit.shot }),
  ]);
}

function transitionOf(
  { kind, frames, lead }: Crossing,
  { startFrame, plays }: Stretch,
  rate: FrameRate,
  resources: Resources,
): XmlElement {
  resources.transition();
  const attributes = {
    name: kind,
    offset: showTime(timeOf(startFrame - lead, rate)),
    duration: showTime(timeOf(frames, rate)),
  };
  return element("transition", attributes, [
    element("filter-video", { ref: DISSOLVE.id, name: DISSOLVE.name }),
    ...(plays === "held" ? [] : [element("filter-audio", { ref: CROSSFADE.id, name: CROSSFADE.name })]),
  ]);
}

/** Music, voices and captions, placed in the time of the clip that they hang on. */
function connected(list: EditList, resources: Resources, start: ExactSeconds): readonly XmlElement[] {
  const at = (frame: number) => showTime(sum(start, timeOf(frame, list.rate)));
  const lanes = soundLanes(list.sounds).flatMap((sounds, index) => sounds.map((edit) => ({ edit, lane: -1 - index })));
  const sounds = lanes.map(({ edit, lane }) => {
    const attributes = {
      ref: resources.sound(edit, list.rate),
      lane,
      offset: at(edit.startFrame),
      name: baseName(edit.file),
      start: showTime(timeOf(edit.firstFrame, list.rate)),
      duration: showTime(timeOf(edit.frames, list.rate)),
      audioRole: edit.role === "music" ? "music" : "dialogue",
    };
    return element("asset-clip", attributes, volumeOf(edit, list.rate));
  });
  const captions = list.captions.flatMap(({ language, cues }, index) =>
    cues.map(({ startSeconds, endSeconds, lines }) => {
      const from = frameAt(startSeconds, list.rate);
      const frames = frameAt(endSeconds, list.rate) - from;
      const attributes = {
        lane: 1 + index,
        offset: at(from),
        name: lines.join(" "),
        start: "0s",
        duration: showTime(timeOf(frames, list.rate)),
        role: `iTT?captionFormat=ITT.${language}`,
      };
      return element("caption", attributes, [element("text", { placement: "bottom" }, [lines.join("\n")])]);
    }),
  );
  return [...sounds, ...captions];
}

/** A sound's gain and fades; nothing where it is heard as it is. */
function volumeOf({ gainDb, fadeInFrames, fadeOutFrames }: SoundEdit, rate: FrameRate): readonly XmlElement[] {
  const fade = (name: "fadeIn" | "fadeOut", frames: number) =>
    frames === 0 ? [] : [element(name, { type: "easeInOut", duration: showTime(timeOf(frames, rate)) })];
  const fades = [...fade("fadeIn", fadeInFrames), ...fade("fadeOut", fadeOutFrames)];
  if (gainDb === 0 && fades.length === 0) return [];
  const amount = fades.length === 0 ? [] : [element("param", { name: "amount" }, fades)];
  return [element("adjust-volume", { amount: `${gainDb}dB` }, amount)];
}

/** The files that were not picked lie in the event beside the project, so that an editor finds them. */
function alternateClips(list: EditList, resources: Resources): readonly XmlElement[] {
  const clips = list.edits.flatMap((edit) => (edit.shows === "clip" ? [edit] : []));
  const others = new Map(
    clips.flatMap(({ shot, alternates }) => alternates.map((each) => [each.media.file, { shot, each }])),
  );
  return [...others.values()].map(({ shot, each: { media, origin } }) => {
    const attributes = {
      ref: resources.clip(media, clipName({ shot, origin })),
      name: clipName({ shot, origin }),
      start: "0s",
      duration: showTime(timeOf(media.frames, media.rate)),
      format: resources.format(media.size, media.rate),
      tcFormat: tcFormat(media.rate),
    };
    return element("asset-clip", attributes, [element("note", {}, [origin.prompt])]);
  });
}

function tcFormat(rate: FrameRate): "DF" | "NDF" {
  return timecodeCount(rate)?.drops ? "DF" : "NDF";
}

function clipName({ shot, origin }: Pick<ClipEdit, "shot" | "origin">): string {
  return `${shot}, ${originName(origin)}`;
}

function baseName(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1);
}

/** `1001/24000s`, or `5s` where it is a whole number of seconds. */
function showTime({ numerator, denominator }: ExactSeconds): string {
  return denominator === 1 ? `${numerator}s` : `${numerator}/${denominator}s`;
}
