import type { FrameRate } from "../../shot/frame-rate.ts";
import { frameAt, showFrameRate } from "../../shot/frame-rate.ts";
import type { ClipEdit, EditList, EditMedia, SoundEdit } from "./edit-list.ts";
import { mediaUrl } from "./media-url.ts";
import { clipFacts, originName } from "./provenance-facts.ts";
import { endOf, soundLanes } from "./sound-edits.ts";
import { framesAt, sourceTime } from "./source-time.ts";
import { type Crossing, pictureStretches, type Stretch, soundStretches } from "./stretches.ts";

/** Key under which OpenTimelineIO's readers look for the reference that plays. */
const PLAYED = "DEFAULT_MEDIA";

/** Our own transitions, by the names that other programs know; any other is one of ours, told in its metadata. */
const TRANSITION_TYPES: Readonly<Record<string, string>> = { dissolve: "SMPTE_Dissolve", hold: "SMPTE_Dissolve" };

/**
 * The film as OpenTimelineIO's JSON.
 *
 * One track of picture, one of the clips' sound, one each for music and voices. What only we know of a clip (prompt, seed,
 * task, take) stands in the metadata of clip and marker under `callsheet`; other takes and sizes are further media
 * references of the clip, so that an editor can switch to them.
 *
 * @see OpenTimelineIO documentation, "Timeline Structure", "Serialized Schema": Timeline.1, Stack.1, Track.1, Clip.2, Gap.1,
 * Transition.1, ExternalReference.1, Marker.2, FreezeFrame.1, TimeRange.1, RationalTime.1
 */
export function writeOtio(list: EditList): string {
  const { rate, size } = list;
  const facts = { sequence: list.name, frame_rate: showFrameRate(rate), width: size.width, height: size.height };
  const tracks = [
    track("Picture", "Video", pictureStretches(list), list),
    track("Sound", "Audio", soundStretches(list), list),
    ...(["music", "voice"] as const).flatMap((role) => soundTracks(role, list)),
  ];
  const timeline = {
    OTIO_SCHEMA: "Timeline.1",
    metadata: { callsheet: { ...facts, frames: list.frames } },
    name: list.title ?? list.name,
    global_start_time: rationalTime(0, rate),
    tracks: {
      OTIO_SCHEMA: "Stack.1",
      ...item("tracks", {}),
      markers: captionMarkers(list),
      children: tracks,
    },
  };
  return `${JSON.stringify(timeline, null, 2)}\n`;
}

function track(name: string, kind: "Video" | "Audio", stretches: readonly Stretch[], list: EditList) {
  const children = stretches.flatMap((stretch) => [
    ...(stretch.crossing ? [transition(stretch.crossing, list.rate)] : []),
    kind === "Video" ? picture(stretch, list.rate) : sound(stretch, list.rate),
  ]);
  return { OTIO_SCHEMA: "Track.1", ...item(name, {}), kind, children };
}

function picture(stretch: Stretch, rate: FrameRate) {
  const { edit, plays } = stretch;
  if (edit.shows === "card") return card(stretch, rate);
  const isHeld = plays === "held";
  const [effects, markers] = isHeld ? [[freezeFrame()], []] : [[], [marker(edit, stretch, rate)]];
  return { ...clip(edit, stretch, rate), effects, markers };
}

function sound(stretch: Stretch, rate: FrameRate) {
  const { edit } = stretch;
  if (edit.shows === "card" || !edit.media.hasSound) return gap(stretch.frames, rate);
  return { ...clip(edit, stretch, rate), enabled: edit.gainDb !== "mute" };
}

function clip(edit: ClipEdit, stretch: Stretch, rate: FrameRate) {
  const references = [
    [PLAYED, reference(edit.media, originName(edit.origin), { ...clipFacts(edit), alternates: undefined })] as const,
    ...edit.alternates.map(
      ({ media, origin }) => [originName(origin), reference(media, originName(origin), origin)] as const,
    ),
  ];
  return {
    OTIO_SCHEMA: "Clip.2",
    ...item(edit.shot, clipFacts(edit)),
    source_range: {
      OTIO_SCHEMA: "TimeRange.1",
      duration: rationalTime(stretch.frames, rate),
      start_time: rationalTime(framesAt(sourceTime(stretch, edit, rate), rate), rate),
    },
    media_references: Object.fromEntries(references),
    active_media_reference_key: PLAYED,
  };
}

function reference(media: EditMedia, name: string, facts: object) {
  return {
    OTIO_SCHEMA: "ExternalReference.1",
    metadata: { callsheet: { ...facts, frame_rate: showFrameRate(media.rate), ...media.size } },
    name,
    available_range: timeRange(0, media.frames, media.rate),
    available_image_bounds: null,
    target_url: mediaUrl(media.file),
  };
}

/** A card is drawn by the join and is no file of its own: a gap, with the words of the shot it stands for. */
function card({ edit, frames }: Stretch, rate: FrameRate) {
  return { ...gap(frames, rate), name: edit.shot, metadata: { callsheet: { shot: edit.shot, slate: true } } };
}

function gap(frames: number, rate: FrameRate) {
  return { OTIO_SCHEMA: "Gap.1", ...item("", {}), source_range: timeRange(0, frames, rate) };
}

/** The shot's name where it begins, with what it was asked for. */
function marker(edit: ClipEdit, stretch: Stretch, rate: FrameRate) {
  const start = framesAt(sourceTime(stretch, edit, rate), rate);
  return {
    OTIO_SCHEMA: "Marker.2",
    metadata: { callsheet: clipFacts(edit) },
    name: edit.shot,
    color: "GREEN",
    comment: edit.origin.prompt,
    marked_range: timeRange(start, 0, rate),
  };
}

/**
 * What plays across a cut. Its offsets reach into the frames beyond the cut on either side.
 *
 * @see OpenTimelineIO, `Transition`: `in_offset` is taken from the item before, `out_offset` from the one behind
 */
function transition({ kind, frames, lead }: Crossing, rate: FrameRate) {
  return {
    OTIO_SCHEMA: "Transition.1",
    metadata: { callsheet: { transition: kind } },
    name: kind,
    transition_type: TRANSITION_TYPES[kind] ?? "Custom_Transition",
    in_offset: rationalTime(lead, rate),
    out_offset: rationalTime(frames - lead, rate),
  };
}

function freezeFrame() {
  return {
    OTIO_SCHEMA: "FreezeFrame.1",
    metadata: {},
    name: "hold",
    effect_name: "FreezeFrame",
    enabled: true,
    time_scalar: 0,
  };
}

/** Sounds of one role; those that overlap stand on tracks of their own. */
function soundTracks(role: SoundEdit["role"], list: EditList) {
  return soundLanes(list.sounds.filter((edit) => edit.role === role)).map((sounds) => {
    const children = sounds.flatMap((edit, index) => {
      const free = edit.startFrame - endOf(sounds.slice(0, index));
      return [...(free > 0 ? [gap(free, list.rate)] : []), soundClip(edit, list.rate)];
    });
    return { OTIO_SCHEMA: "Track.1", ...item(role === "music" ? "Music" : "Voice", {}), kind: "Audio", children };
  });
}

/** The format has no gains and fades of its own: they stand in the metadata. */
function soundClip(edit: SoundEdit, rate: FrameRate) {
  const { role, file, frames, firstFrame, mediaFrames, gainDb, duckDb, fadeInFrames, fadeOutFrames } = edit;
  const levels = {
    gain_db: gainDb,
    ...(duckDb > 0 && { duck_db: duckDb }),
    ...(fadeInFrames > 0 && { fade_in_frames: fadeInFrames }),
    ...(fadeOutFrames > 0 && { fade_out_frames: fadeOutFrames }),
  };
  const facts = { callsheet: { [role]: levels } };
  const target_url = mediaUrl(file);
  const name = file.slice(file.lastIndexOf("/") + 1);
  const base = {
    OTIO_SCHEMA: "ExternalReference.1",
    metadata: {},
    name,
    available_range: timeRange(0, mediaFrames, rate),
    available_image_bounds: null,
  };
  return {
    OTIO_SCHEMA: "Clip.2",
    ...item(name, {}),
    metadata: facts,
    source_range: timeRange(firstFrame, frames, rate),
    media_references: { [PLAYED]: { ...base, target_url } },
    active_media_reference_key: PLAYED,
  };
}

/** Captions as markers of the whole film, one language after another. */
function captionMarkers({ captions, rate }: EditList) {
  return captions.flatMap(({ language, cues }) =>
    cues.map(({ startSeconds, endSeconds, lines }) => {
      const start = frameAt(startSeconds, rate);
      return {
        OTIO_SCHEMA: "Marker.2",
        metadata: { callsheet: { caption: { language, lines } } },
        name: `caption (${language})`,
        color: "WHITE",
        comment: lines.join("\n"),
        marked_range: timeRange(start, frameAt(endSeconds, rate) - start, rate),
      };
    }),
  );
}

/** What all things that stand in a track have. */
function item(name: string, facts: object) {
  const metadata = Object.keys(facts).length > 0 ? { callsheet: facts } : {};
  return { metadata, name, source_range: null, effects: [], markers: [], enabled: true };
}

function timeRange(start: number, frames: number, rate: FrameRate) {
  return {
    OTIO_SCHEMA: "TimeRange.1",
    duration: rationalTime(frames, rate),
    start_time: rationalTime(start, rate),
  };
}

/** The format holds rates as floating-point numbers; the fraction stands in the metadata. */
function rationalTime(value: number, rate: FrameRate) {
  return { OTIO_SCHEMA: "RationalTime.1", rate: rate.numerator / rate.denominator, value };
}
