import type { World } from "../../world/world.ts";
import type { VideoFacts } from "../clip/clip-facts.ts";
import { NotAClip } from "../clip/not-a-clip.ts";
import type { MediaTools } from "../tools/tools.ts";
import { matrixOf } from "./colour.ts";
import { shownSize } from "./fit.ts";

/**
 * Writes the last frame that is shown as PNG, upright and with square pixels. The clip is decoded from its beginning and its
 * frames are counted: a seek near the end finds a packet, which with B-frames is another frame.
 *
 * @throws NotAClip when the clip ends before its last frame
 */
export async function saveLastFrame(
  tools: Pick<MediaTools, "ffmpeg">,
  world: Pick<World, "files" | "render">,
  clip: { readonly path: string; readonly video: VideoFacts },
  png: string,
  signal?: AbortSignal,
): Promise<void> {
  const { video, path } = clip;
  const size = shownSize(video);
  const partial = `${png}.part`;
  const steps = [
    `trim=start_frame=${video.frames - 1}`,
    `scale=${size.width}:${size.height}:flags=lanczos+accurate_rnd+full_chroma_int:in_color_matrix=${matrixOf(video)}:out_range=pc`,
    "format=rgb24",
    "setsar=1",
  ];
  await world.files.remove(partial);
  try {
    await world.render({
      ffmpeg: tools.ffmpeg.path,
      inputs: [{ source: `file:${path}`, options: ["-f", "mov"] }],
      graph: `[0:${video.streamIndex}]${steps.join(",")}[v]`,
      outputOptions: [
        ...["-map", "[v]"],
        ...["-frames:v", "1"],
        ...["-c:v", "png"],
        ...["-f", "image2", "-update", "1"], // one picture, so its name is no pattern to be numbered
        ...["-fflags", "+bitexact", "-flags:v", "+bitexact"],
      ],
      output: partial,
      ...(signal ? { signal } : {}),
    });
    const written = await world.files.stat(partial);
    if (!written?.bytes) throw new NotAClip(`it ends before its last frame, number ${video.frames}`, path);
    await world.files.publish(partial, png);
  } finally {
    await world.files.remove(partial);
  }
}
