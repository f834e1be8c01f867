// Builds dist/: one entry, split so that a command loads only what it uses (`--help` must start in under 150 ms).
import { chmod, rename, rm } from "node:fs/promises";
import { build } from "esbuild";

// Built aside and swapped in: a command that is running still finds the pieces it has not loaded yet, or the new ones.
const aside = `dist.${process.pid}`;
await build({
  entryPoints: { callsheet: "src/cli/callsheet.ts" },
  bundle: true,
  splitting: true,
  platform: "node",
  target: "node20",
  format: "esm",
  outdir: aside,
  outExtension: { ".js": ".mjs" },
  sourcemap: true,
  legalComments: "none",
  // Native or file-bearing packages stay where npm put them; the rest is bundled so that starting is quick.
  external: ["libsql", "pino", "@ffmpeg-installer/*", "@ffprobe-installer/*", "@fontsource/*"],
  banner: {
    // Bundled CommonJS packages (fluent-ffmpeg, bottleneck) still ask for these three names.
    js: "import{createRequire as __callsheetRequire}from'node:module';import{fileURLToPath as __callsheetPath}from'node:url';const require=__callsheetRequire(import.meta.url),__filename=__callsheetPath(import.meta.url),__dirname=__callsheetPath(new URL('.',import.meta.url));",
  },
});
await chmod(`${aside}/callsheet.mjs`, 0o755);
for (let isIn = false; !isIn; ) {
  await rm("dist", { recursive: true, force: true });
  isIn = await rename(aside, "dist").then(
    () => true,
    (error) => {
      // Another build was swapped in between: ours is as new, and takes its place.
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
      return false;
    },
  );
}
