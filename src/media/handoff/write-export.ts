import type { ExportFormat } from "../../shot/export-format.ts";
import type { EditList } from "./edit-list.ts";
import { edlObstacle, writeEdl } from "./edl.ts";
import { writeFcpxml } from "./fcpxml.ts";
import { writeOtio } from "./otio.ts";

/** Why a format cannot hold a film, as the end of a sentence; undefined where it can. */
export function exportObstacle(format: ExportFormat, list: EditList): string | undefined {
  return format === "edl" ? edlObstacle(list) : undefined;
}

/** The film's cut in one of the formats: equal lists give equal texts. @throws RangeError where the format cannot hold it */
export function writeExport(format: ExportFormat, list: EditList): string {
  switch (format) {
    case "otio":
      return writeOtio(list);
    case "fcpxml":
      return writeFcpxml(list);
    case "edl":
      return writeEdl(list);
  }
}
