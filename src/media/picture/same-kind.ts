import { showFrameRate } from "../../shot/frame-rate.ts";
import type { ClipFacts, VideoFacts } from "../clip/clip-facts.ts";

/** Clips whose packets can stand in one track behind one another. */
export interface Kind {
  /** indexes of the clips, in order */
  readonly members: readonly number[];
  /** in what they differ from the first kind, in words: `size 640x360, not 1280x720`; empty for the first kind */
  readonly differs: readonly string[];
  /** why not even two of them can be copied, in words; empty where they can */
  readonly obstacles: readonly string[];
}

export interface Kinds {
  /** all clips can be joined by copying their pictures */
  readonly same: boolean;
  /** the largest first; of equally large ones, the one met first */
  readonly groups: readonly Kind[];
}

/** What a copied track has only one of, as it is called and shown. */
const TRAITS: readonly (readonly [name: string, show: (video: VideoFacts) => string])[] = [
  ["codec", (video) => `${video.codec} ${video.profile}`],
  ["size", (video) => `${video.width}x${video.height}`],
  ["pixel shape", (video) => video.sampleAspect],
  ["rotation", (video) => `${video.rotation}°`],
  ["frame rate", (video) => showFrameRate(video.frameRate)],
  ["timescale", (video) => `${video.timescale}`],
  ["pixel format", (video) => video.pixelFormat],
  ["colour", (video) => video.colour],
  ["encoder settings", (video) => video.decoderConfig.slice(0, 12)],
  ["stream of the picture", (video) => `#${video.streamIndex}`],
];

/** Sorts clips into kinds. Pure: it looks at facts only. */
export function sameKind(facts: readonly ClipFacts[]): Kinds {
  const kinds = new Map<string, number[]>();
  facts.forEach(({ video }, index) => {
    const key = JSON.stringify([...TRAITS.map(([, show]) => show(video)), video.decoderConfig, obstaclesOf(video)]);
    kinds.set(key, [...(kinds.get(key) ?? []), index]);
  });
  const sorted = [...kinds.values()].toSorted((a, b) => b.length - a.length);
  const usual = facts[sorted[0]?.[0] ?? 0]?.video;
  const groups = sorted.map((members): Kind => {
    const video = facts[members[0] ?? 0]?.video;
    if (!video || !usual) return { members, differs: [], obstacles: [] };
    return { members, differs: differences(video, usual), obstacles: obstaclesOf(video) };
  });
  return { same: groups.length <= 1 && groups.every(({ obstacles }) => obstacles.length === 0), groups };
}

function differences(video: VideoFacts, usual: VideoFacts): readonly string[] {
  return TRAITS.flatMap(([name, show]) =>
    show(video) === show(usual) ? [] : [`${name} ${show(video)}, not ${show(usual)}`],
  );
}

function obstaclesOf(video: VideoFacts): readonly string[] {
  return [
    ...(video.codec === "h264" ? [] : [`the picture is ${video.codec}, not h264`]),
    ...(video.rotation === 0 ? [] : [`the picture is to be turned by ${video.rotation}°`]),
    ...(video.steady ? [] : ["its frames do not last equally long"]),
    ...(video.editHidesFrames ? ["an edit list hides some of its frames"] : []),
  ];
}
