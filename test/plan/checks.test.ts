import { expect, test } from "vitest";
import type { LedgerEvent } from "../../src/ledger/event.ts";
import type { Shot } from "../../src/manifest/manifest.ts";
import { planRun } from "../../src/plan/plan-run.ts";
import { shotStatuses } from "../../src/plan/shot-status.ts";
import { type CheckName, USUAL_CHECKS } from "../../src/shot/clip-check.ts";
import type { Resolution } from "../../src/shot/resolution.ts";
import { afterGoodRun, extend, follows, type Known, manifest, shot, stepLines, view } from "./batch.ts";

/** All went well, but that a check found this in a file. */
function found(known: Known, of: Shot, check: CheckName, resolution: Resolution = "720p", take = 1): Known {
  const events = known.events.map((event): LedgerEvent => {
    const isIt = event.event === "checked" && event.shot === of.id && event.take === take;
    if (!isIt || event.resolution !== resolution) return event;
    return { ...event, findings: [{ check, message: "it is not as it should be", fix: null }] };
  });
  return { ...known, events };
}

const retry = {
  failed: 0,
  refused: 0,
  checks: 0,
  prompt: "Again",
  promptPlace: shot("a").place,
  model: "veo3_fast",
} as const;

test("before a take is followed, extended or upgraded it is checked", () => {
  const lines = stepLines(view(manifest([shot("a", { resolution: "4k" }), follows("b", "a"), extend("c", "a")])));
  const checked = lines.indexOf("check a/1 720p (downloaded)");
  const later = ["submit b/1 (never made)", "submit c/1 (never made)", "upgrade a/1 4k (upgrade asked for)"];
  expect(later.map((line) => lines.indexOf(line) > checked)).toEqual([true, true, true]);
});

test("a take that a check fails is not used, and what needs it is blocked; warnings and what is off change nothing", () => {
  const a = shot("a", { resolution: "4k" });
  const wanted = manifest([a, follows("b", "a")]);
  const bought = afterGoodRun(manifest([shot("a")]));
  const [night, after] = shotStatuses(view(wanted, found(bought, a, "black")));
  expect(night).toMatchObject({ state: "failed", take: 1, problem: { rule: "clip-black" } });
  expect(after).toMatchObject({ state: "blocked" });
  expect(stepLines(view(wanted, found(bought, a, "black")))).toEqual([]);
  expect(stepLines(view(wanted, found(bought, a, "frozen")))).toContain("upgrade a/1 4k (upgrade asked for)");
  const ways = [
    { ...a, pick: 1 },
    { ...a, checks: { ...USUAL_CHECKS, black: "off" } },
  ] as const;
  for (const accepted of ways) {
    const lines = stepLines(view(manifest([accepted, follows("b", "a")]), found(bought, a, "black")));
    expect(lines).toContain("submit b/1 (never made)");
  }
});

test("of several takes the film uses the first that passes, and buys none for the one that does not", () => {
  const a = shot("a", { takes: 2 });
  const known = found(afterGoodRun(manifest([a])), a, "black");
  expect(shotStatuses(view(manifest([a]), known))).toMatchObject([{ state: "checked", take: 2, problem: null }]);
  expect(stepLines(view(manifest([a]), known))).toEqual(["join film (clips or cut changed)"]);
});

test("an upgraded file that fails leaves the smaller one, and the film does not wait for it", () => {
  const a = shot("a", { resolution: "4k" });
  const known = found(afterGoodRun(manifest([a])), a, "black", "4k");
  expect(shotStatuses(view(manifest([a]), known))).toMatchObject([
    { state: "checked", resolution: "720p", problem: { rule: "clip-black" } },
  ]);
  expect(stepLines(view(manifest([a]), known))).toEqual(["join film (clips or cut changed)"]);
});

test("a policy buys another take for one that was passed over, as far as it goes, and the worst case has its price", () => {
  const a = shot("a", { retry: { ...retry, checks: 1 } });
  const wanted = manifest([a]);
  expect(planRun(view(wanted), 0).price).toEqual({ likely: 60, worst: 120 });
  const once = found(afterGoodRun(wanted), a, "black");
  expect(stepLines(view(wanted, once))[0]).toBe("submit a/2 (passed over before)");
  const again = afterGoodRun(wanted, once);
  expect(stepLines(view(wanted, again))).toEqual([]);
  const twice = found(again, a, "black", "720p", 2);
  expect(stepLines(view(wanted, twice))).toEqual([]);
  expect(shotStatuses(view(wanted, twice))[0]?.problem?.message).toContain("Before it, take 1 was passed over");
  const none = { ...a, checks: { ...USUAL_CHECKS, black: "warn" } } as const;
  expect(planRun(view(manifest([none])), 0).price).toEqual({ likely: 60, worst: 60 });
});

test("a take that is fetched again stays passed over: nothing is bought for it meanwhile", () => {
  const a = shot("a", { resolution: "4k" });
  const known = found(afterGoodRun(manifest([shot("a")])), a, "black");
  const wanted = manifest([a, extend("b", "a")]);
  const lines = stepLines(view(wanted, { ...known, shelf: new Map() }));
  expect(lines.filter((line) => /^(submit|upgrade)/.test(line))).toEqual([]);
  const part = new Map([["clips/a/take-1.720p.mp4.part", 1]]);
  const again: LedgerEvent = { event: "downloaded", shot: a.id, take: 1, resolution: "720p", bytes: 1 };
  const fetched = stepLines(view(wanted, { events: [...known.events, again], shelf: part }));
  expect(fetched[0]).toBe("check a/1 720p (downloaded)");
  expect(shotStatuses(view(wanted, { events: [...known.events, again], shelf: part }))[1]?.state).toBe("blocked");
});
