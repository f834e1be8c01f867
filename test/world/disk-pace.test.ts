import { expect, test } from "vitest";
import { openPace } from "../../src/world/disk-pace.ts";

const MEGABYTE = 2 ** 20;

test("a quick disk is asked at once, and others get their turn every few megabytes", async () => {
  const pace = openPace(() => 0);
  let turns = 0;
  const count = () => {
    turns++;
    next = setImmediate(count);
  };
  let next = setImmediate(count);
  const never = () => Promise.reject(new Error("another thread was asked"));
  for (let piece = 0; piece < 64; piece++) expect(await pace(MEGABYTE, () => "moved", never)).toBe("moved");
  clearImmediate(next);
  expect(turns).toBeGreaterThanOrEqual(8);
});

test("a slow disk is waited for elsewhere, and tried again later", async () => {
  let time = 0;
  let isSlow = true;
  const pace = openPace(() => time);
  const asked: string[] = [];
  const move = () =>
    pace(
      1,
      () => {
        asked.push("now");
        if (isSlow) time += 50;
        return 1;
      },
      async () => {
        asked.push("later");
        return 1;
      },
    );
  for (let piece = 0; piece < 201; piece++) await move();
  expect(asked).toEqual(["now", ...new Array(200).fill("later")]);
  isSlow = false;
  for (let piece = 0; piece < 3; piece++) await move();
  expect(asked.slice(201)).toEqual(["now", "now", "now"]);
});

test("a full disk is an error of whoever writes", async () => {
  const full = () => {
    throw Object.assign(new Error("no space left"), { code: "ENOSPC" });
  };
  await expect(openPace()(1, full, async () => 0)).rejects.toMatchObject({ code: "ENOSPC" });
});

test("a disk that is slow to say no is waited for elsewhere too", async () => {
  let time = 0;
  let later = 0;
  const pace = openPace(() => time);
  const ask = () =>
    pace(
      1,
      () => {
        time += 50;
        throw new Error("not there");
      },
      async () => later++,
    );
  await expect(ask()).rejects.toThrow("not there");
  await ask();
  expect(later).toBe(1);
});
