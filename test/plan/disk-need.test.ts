import { expect, test } from "vitest";
import { USUAL_SOUND } from "../../src/manifest/film-sound.ts";
import type { Manifest, Sequence } from "../../src/manifest/manifest.ts";
import { bytesOfPlan } from "../../src/plan/disk-need.ts";
import { type Plan, planRun } from "../../src/plan/plan-run.ts";
import { afterGoodRun, manifest, sequence, shot, view } from "./batch.ts";

const MB = 1e6;

/** What is left to do once all clips of two minutes are there, but for their film. */
function joining(about: Partial<Sequence>): Plan {
  const shots = Array.from({ length: 15 }, (_, index) => shot(`s${index}`, {}));
  const clips = manifest(shots, []);
  const ids = shots.map(({ id }) => id);
  return planRun(view(manifest(shots, [sequence("film", ids, about)]), afterGoodRun(clips)), 0);
}

function bytesOf({ steps }: Plan): number {
  return bytesOfPlan(steps) / MB;
}

test("a film whose levels are brought together needs its sound three times over, and one more than with its levels left alone", () => {
  const [plain, levelled] = (["off", -14] as const).map((loudness) =>
    bytesOf(joining({ sound: { ...USUAL_SOUND, loudness } })),
  );
  expect(levelled).toBeGreaterThan(3 * 46);
  expect((levelled ?? 0) - (plain ?? 0)).toBeCloseTo(120 * 0.384, 1);
});

test("what is only written beside a film that stands takes no film's room", () => {
  const shots = [shot("a", {})];
  const wanted = (exports: Sequence["exports"]): Manifest => manifest(shots, [sequence("film", ["a"], { exports })]);
  const plan = planRun(view(wanted(["edl"]), afterGoodRun(wanted([]))), 0);
  expect(plan.steps.map(({ step }) => step.kind)).toEqual(["join"]);
  expect(bytesOf(plan)).toBeLessThan(68);
});
