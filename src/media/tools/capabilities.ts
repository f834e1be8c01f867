import type { World } from "../../world/world.ts";

/** What the film needs of an ffmpeg build, and what it uses where it is there. Named `kind:name` in ffmpeg's own words. */
const REQUIRED = [
  ...(["encoder:libx264", "encoder:aac", "encoder:png", "decoder:h264", "decoder:aac"] as const),
  ...(["muxer:mp4", "muxer:f32le", "muxer:image2"] as const),
  ...([
    "filter:scale",
    "filter:pad",
    "filter:fps",
    "filter:trim",
    "filter:tpad",
    "filter:setpts",
    "filter:setsar",
  ] as const),
  ...(["filter:format", "filter:atrim", "filter:aformat", "filter:aresample", "filter:pan"] as const),
] as const;

const WELCOME = [
  ...(["filter:xfade", "filter:acrossfade", "filter:concat", "filter:overlay", "filter:fade", "filter:afade"] as const),
  ...([
    "filter:drawtext",
    "filter:ass",
    "filter:subtitles",
    "filter:loudnorm",
    "filter:ebur128",
    "filter:volume",
  ] as const),
  ...(["filter:apad", "filter:adelay", "filter:amix", "filter:sidechaincompress", "filter:alimiter"] as const),
  ...([
    "filter:astats",
    "filter:blackdetect",
    "filter:freezedetect",
    "filter:silencedetect",
    "filter:signalstats",
  ] as const),
  ...(["filter:color", "filter:testsrc2", "filter:sine", "encoder:mov_text", "decoder:hevc", "encoder:mjpeg"] as const),
  ...(["encoder:libx265", "encoder:libsvtav1", "encoder:prores_ks", "muxer:mov"] as const),
  ...(["encoder:alac", "encoder:pcm_s24le", "encoder:libopus"] as const),
] as const;

export type Capability = (typeof REQUIRED)[number] | (typeof WELCOME)[number];

export const CAPABILITIES = { required: REQUIRED, welcome: WELCOME } as const;

/**
 * Asks a build what it can do. Its lists are read here and not by fluent-ffmpeg, which finds no filters in ffmpeg 9.
 *
 * @see ffmpeg manual, `-encoders`, `-decoders`, `-muxers`, `-filters`: flags, then the name, then words
 */
export async function readCapabilities(
  ffmpeg: string,
  world: Pick<World, "processes">,
  timeoutMs: number,
): Promise<readonly Capability[]> {
  const found = new Set<string>();
  for (const kind of ["encoder", "decoder", "muxer", "filter"] as const) {
    const { stdout } = await world.processes.run(ffmpeg, ["-hide_banner", `-${kind}s`], { timeoutMs });
    for (const name of readNames(stdout)) found.add(`${kind}:${name}`);
  }
  return [...REQUIRED, ...WELCOME].filter((capability) => found.has(capability));
}

/** Names in one of ffmpeg's lists. A muxer's line may name several at once: `mov,mp4,m4a`. */
export function readNames(list: string): readonly string[] {
  return [...list.matchAll(/^ *[A-Zd.|]+ +([\w,]+) +\S/gm)].flatMap(([, names = ""]) => names.split(","));
}
