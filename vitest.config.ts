import { defineConfig } from "vitest/config";

/** `local` needs Node and npm alone; `soak` is its long form, for `npm run soak`; `foreign` brings in judges from elsewhere: Chromium, mkvmerge, mediainfo, xmllint. */
export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Children, servers and ffmpeg share the machine with whatever else it does. A test that needed its second chance is
    // named in the output: it is one to mend.
    retry: 1,
    // Two cores, and every other test starts ffmpeg: more workers only make each other late.
    maxWorkers: 2,
    // The files of a worker share what they import: to load the program and its libraries anew for each of them took
    // more than half of what the tests without ffmpeg took. Hardly a module of ours remembers anything, and tests put
    // back what they change of the process.
    isolate: false,
    projects: [
      {
        extends: true,
        test: {
          name: "local",
          include: ["test/**/*.test.ts"],
          exclude: ["test/foreign/**"],
          globalSetup: ["test/build-once.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "soak",
          include: ["test/soak/**/*.soak.ts"],
          globalSetup: ["test/build-once.ts"],
          // As long as `npm run soak` was asked to go on; the tests end by themselves.
          testTimeout: 24 * 3600_000,
          retry: 0,
        },
      },
      { extends: true, test: { name: "foreign", include: ["test/foreign/**/*.test.ts"] } },
    ],
  },
});
