import type { ColourLevels } from "../../shot/seam-figures.ts";

/**
 * Filters that make all of a picture redder, greener and bluer by so many levels of 255. Adding the same to every pixel is
 * the same in RGB and in YUV; ten bits hold parts of a level, which ffmpeg spreads over neighbouring pixels on the way
 * back to eight.
 *
 * @param matrix - as `matrixOf` names it; the vendor's clips are bt709
 */
export function addColour(
  { red, green, blue }: ColourLevels,
  matrix: "bt709" | "bt601" | "bt2020" | "auto",
  range: "tv" | "pc",
): readonly string[] {
  const [ofRed, ofBlue] = WEIGHTS[matrix];
  const luma = ofRed * red + (1 - ofRed - ofBlue) * green + ofBlue * blue;
  const [lumaSteps, chromaSteps] = range === "pc" ? [4, 4] : [(4 * 219) / 255, (4 * 224) / 255];
  const y = added(luma * lumaSteps);
  const u = added(((blue - luma) / (2 * (1 - ofBlue))) * chromaSteps);
  const v = added(((red - luma) / (2 * (1 - ofRed))) * chromaSteps);
  return ["format=yuv420p10le", `lutyuv=y=${y}:u=${u}:v=${v}`, "format=yuv420p"];
}

/** What red and blue count for in luma (ITU-R BT.709, BT.601, BT.2020). */
const WEIGHTS = {
  bt709: [0.2126, 0.0722],
  bt601: [0.299, 0.114],
  bt2020: [0.2627, 0.0593],
  auto: [0.2126, 0.0722],
} as const;

function added(steps: number): string {
  const whole = Math.round(steps);
  return whole < 0 ? `val-${-whole}` : `val+${whole}`;
}
