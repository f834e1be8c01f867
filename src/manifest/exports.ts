import type { ExportFormat } from "../shot/export-format.ts";
import { type FrameRate, showFrameRate } from "../shot/frame-rate.ts";
import { TIMECODE_RATES, timecodeCount } from "../shot/timecode.ts";
import type { Path } from "./located.ts";
import type { ManifestText } from "./schema.ts";
import type { Sheet } from "./sheet.ts";

/** What a film is written as for editing programs, each once. A rate that a format cannot hold is a problem where it is written. */
export function readExports(
  written: readonly (ExportFormat | undefined)[] | undefined,
  at: Path,
  subject: string,
  rate: FrameRate | undefined,
  sheet: Sheet<ManifestText>,
): readonly ExportFormat[] {
  const formats = [...new Set((written ?? []).flatMap((format) => format ?? []))];
  if (rate && !timecodeCount(rate) && formats.includes("edl")) {
    const message = `${subject} asks for an EDL at ${showFrameRate(rate)} frames a second; timecode counts ${TIMECODE_RATES}`;
    const index = written?.indexOf("edl") ?? 0;
    sheet.problem({
      rule: "sequence-exports",
      at: [...at, index],
      message,
      fix: "Take edl out, or change frame_rate.",
    });
  }
  return formats;
}
