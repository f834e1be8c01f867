/** What a film's picture can be encoded as in one go, instead of copying its clips. */
export const FILM_CODECS = ["h264", "h265", "av1", "prores"] as const;
export type FilmCodec = (typeof FILM_CODECS)[number];

export const FILM_AUDIO = ["aac", "alac", "pcm", "opus"] as const;
export type FilmAudio = (typeof FILM_AUDIO)[number];

/** How a whole film is encoded; nothing in it is doubtful. */
export interface FilmEncoding {
  readonly codec: FilmCodec;
  /** constant quality, lower is better and larger; undefined for ProRes, whose profile decides */
  readonly crf: number | undefined;
  /** the encoder's own name for how much time it takes; ProRes: the profile */
  readonly preset: string;
  readonly audio: FilmAudio;
}

interface CodecFacts {
  readonly container: "mp4" | "mov";
  /** what players take in that container */
  readonly audio: readonly FilmAudio[];
  /** from the slowest or best to the fastest or smallest, where there is a list; else numbers in this range */
  readonly presets: readonly string[];
  readonly preset: string;
  /** the usual quality and the limits, both ends included */
  readonly crf: { readonly usual: number; readonly least: number; readonly most: number } | undefined;
}

const X_PRESETS = [
  ...["veryslow", "slower", "slow", "medium", "fast", "faster", "veryfast", "superfast", "ultrafast"],
] as const;

const MP4 = { container: "mp4", audio: ["aac", "alac", "opus"] } as const;

/** @see FFmpeg codecs manual: libx264, libx265, libsvtav1, prores_ks */
export const FILM_CODEC_FACTS: Readonly<Record<FilmCodec, CodecFacts>> = {
  h264: { ...MP4, presets: X_PRESETS, preset: "medium", crf: { usual: 18, least: 1, most: 51 } },
  h265: { ...MP4, presets: X_PRESETS, preset: "medium", crf: { usual: 20, least: 1, most: 51 } },
  av1: {
    ...MP4,
    presets: Array.from({ length: 13 }, (_, number) => `${number + 1}`),
    preset: "8",
    crf: { usual: 28, least: 1, most: 63 },
  },
  prores: {
    container: "mov",
    audio: ["aac", "alac", "pcm"],
    presets: ["hq", "standard", "lt", "proxy"],
    preset: "hq",
    crf: undefined,
  },
};
