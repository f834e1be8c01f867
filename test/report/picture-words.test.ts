import { expect, test } from "vitest";
import type { FilmPlan } from "../../src/plan/film.ts";
import type { FilmOutlook } from "../../src/plan/film-outlook.ts";
import { pictureWords } from "../../src/report/picture-words.ts";
import { checked, planOf, shot, viewOf } from "./builders.ts";

const harbour = shot("harbour");
const [step] = planOf(viewOf([harbour], checked(harbour))).steps.flatMap(({ step }) =>
  step.kind === "join" ? [step] : [],
);

function words(encoded: number, kept: number, frames = 1000): string {
  if (!step) throw new Error("there is no film to join");
  const film: FilmPlan = { ...step.film, frames };
  const encodedFrames = { least: encoded, most: encoded };
  const outlook: FilmOutlook = { encodedFrames, encoded: [], unseen: 0, overlapFrames: 0, hold: undefined };
  return pictureWords(film, outlook, kept);
}

test("the time that a picture takes is that of the frames which no earlier join has left", () => {
  expect(words(400, 0)).toBe("600 copied, 400 encoded, about 55 s on two cores");
  expect(words(400, 300)).toBe("600 copied, 400 encoded, 300 of them before, the others in about 14 s on two cores");
  expect(words(400, 400)).toBe("600 copied, 400 encoded before and kept");
  expect(words(1000, 900)).toBe("all frames encoded, 900 of them before, the others in about 14 s on two cores");
  expect(words(1000, 1000)).toBe("all frames encoded before and kept");
});
