import { createRequire } from "node:module";

/** A font that came with `npm ci`, for text burnt into pictures: bare machines have none. */
export function npmFont(): string {
  return createRequire(import.meta.url).resolve("@fontsource/dejavu-sans/files/dejavu-sans-latin-400-normal.woff");
}
