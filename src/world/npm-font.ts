import { createRequire } from "node:module";
import type { Fonts } from "./fonts.ts";

/** A font that came with `npm ci`, for text burnt into pictures: bare machines have none. */
export function npmFont(): string {
  return createRequire(import.meta.url).resolve("@fontsource/dejavu-sans/files/dejavu-sans-latin-400-normal.woff");
}

/** Fonts as npm finds packages from where this program lies. */
export function npmFonts(): Fonts {
  const usual = npmFont();
  return {
    usual,
    home: usual.replace(/[\\/]node_modules[\\/]@fontsource[\\/].*$/, ""),
    find(file) {
      try {
        return createRequire(import.meta.url).resolve(file);
      } catch {
        return undefined;
      }
    },
  };
}
