import type { VideoFacts } from "../clip/clip-facts.ts";

/**
 * The matrix by which a picture's colours are to be read, as ffmpeg's `scale` calls it. Where the file does not say, players
 * take the one of its size: ffmpeg would take SD's for all, which turns an untagged HD picture slightly green.
 */
export function matrixOf(video: VideoFacts): "bt709" | "bt601" | "bt2020" | "auto" {
  const [matrix = "unknown"] = video.colour.split("/");
  if (matrix === "bt709") return "bt709";
  if (matrix === "smpte170m" || matrix === "bt470bg") return "bt601";
  if (matrix === "bt2020nc") return "bt2020";
  if (matrix !== "unknown" && matrix !== "unspecified") return "auto";
  return Math.min(video.width, video.height) >= 720 ? "bt709" : "bt601";
}
