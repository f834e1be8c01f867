import * as z from "zod";

/**
 * The door through which ffprobe's JSON enters. Numbers come as text, and what does not apply to a stream is missing.
 *
 * @see ffprobe manual, `-show_streams`; looked at with ffprobe 5.1 and a build of 2023
 */
const stream = z.object({
  index: z.number(),
  codec_type: z.string().optional(),
  codec_name: z.string().optional(),
  profile: z.string().optional(),
  width: z.number().optional(),
  height: z.number().optional(),
  sample_aspect_ratio: z.string().optional(),
  pix_fmt: z.string().optional(),
  r_frame_rate: z.string().optional(),
  avg_frame_rate: z.string().optional(),
  start_time: z.coerce.number().optional(),
  duration: z.coerce.number().optional(),
  nb_read_packets: z.coerce.number().optional(),
  nb_read_frames: z.coerce.number().optional(),
  color_space: z.string().optional(),
  color_primaries: z.string().optional(),
  color_transfer: z.string().optional(),
  color_range: z.string().optional(),
  sample_rate: z.coerce.number().optional(),
  channels: z.number().optional(),
  disposition: z.object({ attached_pic: z.number().optional() }).optional(),
  tags: z.object({ rotate: z.string().optional() }).optional(),
  side_data_list: z.array(z.object({ rotation: z.coerce.number().optional() })).optional(),
});

const answer = z.object({
  streams: z.array(stream),
  format: z.object({ duration: z.coerce.number().optional() }).optional(),
});

export type ProbedStream = z.infer<typeof stream>;

/** @returns undefined when it is no such JSON */
export function readProbeAnswer(stdout: string): readonly ProbedStream[] | undefined {
  try {
    return answer.parse(JSON.parse(stdout)).streams;
  } catch {
    return undefined;
  }
}

/** How long the whole file plays, where `-show_format` asked for it; undefined when it does not say. */
export function readProbedSeconds(stdout: string): number | undefined {
  try {
    return answer.parse(JSON.parse(stdout)).format?.duration;
  } catch {
    return undefined;
  }
}
