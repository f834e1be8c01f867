import * as z from "zod";
import { FILM_AUDIO, FILM_CODECS } from "../shot/film-encoding.ts";
import { choice, described } from "./schema-wording.ts";

/** How a whole film is encoded, instead of copying its clips. */
export const encodeSchema = described(
  z.strictObject({
    codec: choice(FILM_CODECS, "h264, h265 and av1 become an .mp4, prores a .mov.", {
      rule: "sequence-encode",
      says: "films are encoded as",
    }),
    crf: described(z.number().int().min(1).max(63), "Quality, lower is better. Default: h264 18, h265 20, av1 28.", {
      rule: "sequence-encode",
      must: "a whole number from 1 to 63",
    }).optional(),
    preset: described(
      z.union([z.string(), z.number()]),
      "The encoder's own: slow, medium (default), fast … of h264 and h265; 1 to 13 of av1 (default 8); hq (default), standard, lt, proxy of prores.",
      { rule: "sequence-encode", must: "a preset such as medium, 8 or hq" },
    ).optional(),
    audio: choice(FILM_AUDIO, "The sound. Default aac. pcm needs prores, opus any other.", {
      rule: "sequence-encode",
      says: "sound is encoded as",
    }).optional(),
  }),
  "Encodes the whole film in one go: for players that dislike a copied one, and for archives. Default: clips are copied.",
);
