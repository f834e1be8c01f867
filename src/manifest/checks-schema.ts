import * as z from "zod";
import { type CheckName, SEVERITIES, USUAL_CHECKS } from "../shot/clip-check.ts";
import { choice, described } from "./schema-wording.ts";

const severity = (check: CheckName, looksFor: string) =>
  choice(SEVERITIES, `${looksFor} Default ${USUAL_CHECKS[check]}.`, {
    rule: "checks",
    says: "a finding can be",
  }).optional();

/** One key a check of `CheckName`. */
export const checksSchema = described(
  z.strictObject({
    length: severity(
      "length",
      "The clip is half a second longer or shorter than its kind, or its sound than its picture.",
    ),
    size: severity("size", "The picture has another size than was asked for."),
    codec: severity("codec", "The picture is not H.264."),
    frame_rate: severity("frame_rate", "The clip does not have 24 equally long frames a second."),
    sound: severity("sound", "The clip has no sound track."),
    black: severity("black", "The picture is black from end to end."),
    frozen: severity("frozen", "The picture stands still for 2 s or longer."),
    silent: severity("silent", "The sound is silent from end to end."),
    clipped: severity("clipped", "The sound is cut off at full scale."),
  }),
  "What is looked for in every clip: `fail` passes the take over, `warn` tells of it, `off` does neither.",
);
