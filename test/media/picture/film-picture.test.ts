import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { encodePicture, PictureNotExact } from "../../../src/media/picture/film-picture.ts";
import { openFiles } from "../../../src/world/node-files.ts";
import type { Render } from "../../../src/world/render.ts";

test.each(["", "cut off"])("an encoded picture that is no MP4 (%j) is one that is not exact", async (text) => {
  const folder = await mkdtemp(join(tmpdir(), "callsheet-picture-"));
  // As an ffmpeg that lost its file and did not notice.
  const render: Render = ({ output }) => writeFile(output.replace(/^file:/, ""), text);
  const ffmpeg = { path: "ffmpeg", version: "6", source: "PATH", capabilities: [] } as const;
  const target = {
    ...{ size: { width: 64, height: 64 }, frameRate: { numerator: 24, denominator: 1 } },
    ...({ colour: "bt709/bt709/bt709/tv", profile: "high", parameterSet: 1 } as const),
  };
  const job = { inputs: [], graph: "", target, frames: 24, output: join(folder, "piece.mp4") };
  try {
    const encoded = encodePicture({ ffmpeg }, { files: openFiles(), render }, job);
    await expect(encoded).rejects.toThrow(PictureNotExact);
    expect(await readdir(folder)).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
