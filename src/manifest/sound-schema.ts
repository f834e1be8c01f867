import * as z from "zod";
import { CLIP_SECONDS } from "../shot/model.ts";
import { described } from "./schema-wording.ts";

const LONGEST_FILM_SECONDS = 86_400;

const gain = (description: string) =>
  described(z.number().min(-60).max(20), description, { must: "a number of dB from -60 to 20" });

const seconds = (description: string, most = LONGEST_FILM_SECONDS) =>
  described(z.number().min(0).max(most), description, { must: `a number of seconds from 0 to ${most}` });

const soundFile = (description: string) =>
  described(z.string().min(1), description, { must: "the path of a sound file" });

const MUST_BE_FILE = "a sound file's path or a block such as { file: PATH, gain_db: -3 }";

const musicSchema = described(
  z.union([
    soundFile("A sound file, relative to the manifest."),
    z.strictObject({
      file: soundFile("A sound file, relative to the manifest: WAV, AIFF, FLAC, MP3, Ogg, AAC or M4A."),
      gain_db: gain("Louder or softer than the file, in dB. Default -18.").optional(),
      duck: described(
        z.union([z.boolean(), z.number().gt(0).max(40)]),
        "Whether the music steps back while something else is heard: true for 8 dB, or a number of dB. Default false.",
        { must: "true, false or a number of dB above 0, at most 40" },
      ).optional(),
      loop: described(z.boolean(), "Whether it plays again when it ends before the film. Default true.").optional(),
      start_seconds: seconds("Second of the file at which it begins. Default 0.").optional(),
      fade_in_seconds: seconds("How long it takes to come up. Default 0.").optional(),
      fade_out_seconds: seconds("How long it takes to go down at the film's end. Default 2.").optional(),
    }),
  ]),
  "Music below the film: a file, or a file with what is done to it.",
  { must: "a sound file's path or a block such as { file: PATH, gain_db: -18 }" },
);

/** What a film says of its sound. */
export const sequenceSoundKeys = {
  loudness: described(
    z.union([z.number().min(-70).max(-5), z.literal("off")]),
    "Loudness of the film in LUFS with true peaks at most -1 dB, its shots brought to one level before; or off. Default -14.",
    { must: "a number of LUFS from -70 to -5, or off" },
  ).optional(),
  music: musicSchema.optional(),
  voice_over: described(
    z.array(
      described(
        z.strictObject({
          file: soundFile("A sound file, relative to the manifest."),
          at_seconds: seconds("Second of the film at which it begins. Default 0.").optional(),
          gain_db: gain("Louder or softer than it would be, in dB. Default 0.").optional(),
        }),
        "A voice.",
        { must: "a block such as { file: PATH, at_seconds: 2.5 }" },
      ),
    ),
    "Voices that speak over the film.",
    { must: "a list of blocks such as { file: PATH, at_seconds: 2.5 }" },
  ).optional(),
};

/** What a shot says of its sound in every film. */
export const shotSoundKeys = {
  native_sound: described(
    z.union([z.literal("keep"), z.literal("mute"), z.strictObject({ gain_db: gain("Louder or softer, in dB.") })]),
    "The take's own sound in films: keep (default), mute, or louder or softer than the other shots.",
    { must: "keep, mute or a block such as { gain_db: -6 }" },
  ).optional(),
  voice_over: described(
    z.union([
      soundFile("A sound file, relative to the manifest."),
      z.strictObject({
        file: soundFile("A sound file, relative to the manifest."),
        offset_seconds: seconds(
          "Seconds after the first frame that the film shows of the shot: from its `in`, and from where its transition begins (with `hold`, where it begins to move). Default 0.",
          CLIP_SECONDS,
        ).optional(),
        gain_db: gain("Louder or softer than it would be, in dB. Default 0.").optional(),
      }),
    ]),
    "A voice that speaks over the shot, and goes on over the next ones where it is longer.",
    { must: MUST_BE_FILE },
  ).optional(),
};
