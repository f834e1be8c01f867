import type { ClipFacts } from "../../src/media/clip/clip-facts.ts";

/** Facts of a clip as the vendor makes them. */
export const FACTS: ClipFacts = {
  video: {
    ...{ streamIndex: 0, codec: "h264", profile: "High", pixelFormat: "yuv420p", width: 1280, height: 720 },
    ...{ sampleAspect: "1:1", rotation: 0, frameRate: { numerator: 24, denominator: 1 }, steady: true, frames: 192 },
    ...{ editHidesFrames: false, durationSeconds: 8, startSeconds: 0, timescale: 12288 },
    ...{
      colour: "bt709/bt709/bt709/tv",
      decoderConfig: "a".repeat(64),
      parameterSets: [0],
      cutPoints: { starts: [0], ends: [192], closed: true },
    },
  },
  audio: { codec: "aac", sampleRate: 48_000, channels: 2, durationSeconds: 8, startSeconds: 0 },
};

/** The same clip, but for what the test is about. */
export const clip = (video: Partial<ClipFacts["video"]>, audio: ClipFacts["audio"] = FACTS.audio): ClipFacts => ({
  video: { ...FACTS.video, ...video },
  audio,
});
