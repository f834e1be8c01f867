import { expect, test } from "vitest";
import { compareSeam, type SmallFrame } from "../../../src/media/picture/compare-seam.ts";

const [WIDTH, HEIGHT] = [40, 20];

/** A pattern that moves by a pixel a frame, with the noise of a codec and a colour of its own. */
function frame(position: number, { noise = 0, red = 0 } = {}): SmallFrame {
  const pixels = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let index = 0; index < pixels.length; index++) {
    const [x, y] = [Math.floor(index / 3) % WIDTH, Math.floor(index / 3 / WIDTH)];
    const grey = 120 + 40 * Math.sin((x + position) / 3) + 20 * Math.cos(y / 4);
    const grain = noise * (((index * 7919 + position * 104_729) % 3) - 1);
    pixels[index] = Math.round(grey + grain + (index % 3 === 0 ? red : 0));
  }
  return pixels;
}
const run = (first: number, count: number, about = {}) =>
  Array.from({ length: count }, (_, index) => frame(first + index, about));
const TAIL = run(180, 12);
const found = (head: readonly SmallFrame[], more = {}) => {
  const { repeats, repeatedFrames } = compareSeam({ parentTail: TAIL, parentFrames: 192, head, ...more });
  return [repeats, repeatedFrames];
};

test("frames that go on are new, and so is another picture", () => {
  expect(found(run(192, 12))).toEqual(["none", 0]);
  expect(found(run(192, 12, { noise: 1 }))).toEqual(["none", 0]);
  expect(found(run(28, 12))).toEqual(["none", 0]);
  expect(found(run(191, 12, { red: 60 }))).toEqual(["none", 0]);
});

test("the parent's last frame is known again, also coded anew and a little redder", () => {
  expect(found(run(191, 12))).toEqual(["overlap", 1]);
  expect(found(run(191, 12, { noise: 1, red: 6 }))).toEqual(["overlap", 1]);
  const { drift, difference, motion } = compareSeam({
    ...{ parentTail: TAIL, parentFrames: 192 },
    head: run(191, 12, { red: 6 }),
  });
  expect(drift).toEqual({ red: 6, green: 0, blue: 0 });
  expect(difference).toBeLessThan(0.1);
  expect(motion).toBeGreaterThan(5);
});

test("several frames over again, one that is held, and the parent's whole clip are told apart", () => {
  expect(found(run(187, 12))).toEqual(["overlap", 5]);
  expect(found([...Array.from({ length: 4 }, () => frame(191)), ...run(192, 8)])).toEqual(["held", 4]);
  expect(found(run(0, 12), { parentHead: run(0, 12) })).toEqual(["whole", 192]);
  expect(found(run(191, 12), { parentHead: run(0, 12) })).toEqual(["overlap", 1]);
});

test("where nothing moves, one frame at most is taken for repeated", () => {
  const still = Array.from({ length: 12 }, () => frame(0));
  expect(compareSeam({ parentTail: still, parentFrames: 192, head: still })).toMatchObject({
    repeats: "overlap",
    repeatedFrames: 1,
  });
});
