import type { Transition } from "../../src/shot/transition.ts";
import { openStudio } from "../media/studio.ts";
import { type CutOfClips, judgeCut, makeCutFilm, seam } from "../run/cut-film.ts";
import type { BenchTerms } from "./terms.ts";

const ALL: readonly Transition["kind"][] = [
  ...(["dissolve", "fade_black", "fade_white", "wipe_left", "wipe_right", "wipe_up"] as const),
  ...(["wipe_down", "slide_left", "slide_right", "hold"] as const),
];

const CASES: readonly (CutOfClips & { readonly title: string })[] = [
  ...[24, 48, undefined].map((gop) => ({
    title: `dissolves of 12 frames, ${gop ? `a key frame every ${gop}` : "one key frame a clip"}`,
    ...(gop ? { gop } : {}),
    cuts: [{}, ...Array.from({ length: 4 }, () => seam("dissolve"))],
  })),
  { title: "holds of 12 frames, one key frame a clip", cuts: [{}, ...Array.from({ length: 4 }, () => seam("hold"))] },
  { title: "every transition once, a key frame every 24", gop: 24, cuts: [{}, ...ALL.map((kind) => seam(kind, 7))] },
  {
    title: "trims at odd places with and without transitions, a key frame every 24",
    gop: 24,
    cuts: [
      { first: 13 },
      { end: 151 },
      { first: 29, end: 187, ...seam("dissolve") },
      { first: 24, end: 95 },
      { first: 1 },
    ],
  },
];

/** Films whose picture is copied but for what is near a transition or a trim, looked at frame by frame. */
export async function transitions({ tools, tell }: BenchTerms): Promise<void> {
  for (const each of CASES) {
    const tidy: (() => Promise<void>)[] = [];
    try {
      const studio = await openStudio(tools, (done) => tidy.push(done));
      const film = await makeCutFilm(studio, each, 192);
      tell({ title: each.title, demands: await judgeCut(studio, film) });
    } finally {
      for (const done of tidy) await done();
    }
  }
}
