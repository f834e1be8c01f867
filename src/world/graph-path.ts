/** A path as an option's value inside a filter graph, which ffmpeg takes apart twice. */
export function graphPath(path: string): string {
  return path.replace(/[\\':]/g, "\\$&").replace(/[\\'[\],;]/g, "\\$&");
}
