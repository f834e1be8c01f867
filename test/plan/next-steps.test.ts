import { describe, expect, test } from "vitest";
import type { LedgerEvent } from "../../src/ledger/event.ts";
import { planRun } from "../../src/plan/plan-run.ts";
import { standingsOf } from "../../src/plan/standing.ts";
import type { ShotId, TaskId } from "../../src/shot/id.ts";
import type { Problem } from "../../src/shot/problem.ts";
import { afterGoodRun, extend, follows, type Known, manifest, sequence, shot, stepLines, view } from "./batch.ts";

const problem: Problem = { rule: "refused", message: "no", fix: null, place: null };

describe("a first run", () => {
  test("buys, polls, fetches and checks each shot, upgrades it, and joins the film", () => {
    const wanted = manifest([shot("a"), shot("b", { resolution: "4k" })]);
    expect(stepLines(view(wanted))).toEqual([
      "submit a/1 (never made)",
      "submit b/1 (never made)",
      "poll a/1 (bought)",
      "poll b/1 (bought)",
      "fetch a/1 720p (made)",
      "fetch b/1 720p (made)",
      "check a/1 720p (downloaded)",
      "check b/1 720p (downloaded)",
      "upgrade b/1 4k (upgrade asked for)",
      "join film (never joined)",
      "fetch b/1 4k (made)",
      "check b/1 4k (downloaded)",
    ]);
    expect(planRun(view(wanted), 0).price).toEqual({ likely: 60 + 60 + 120, worst: 240 });
  });

  test("buys a follower after its parent's clip is checked, and an extension before its parent is upgraded", () => {
    const wanted = manifest([shot("a", { resolution: "1080p" }), follows("b", "a"), extend("c", "a")]);
    const lines = stepLines(view(wanted));
    expect(lines.indexOf("submit c/1 (never made)")).toBeGreaterThan(lines.indexOf("poll a/1 (bought)"));
    expect(lines.indexOf("submit b/1 (never made)")).toBeGreaterThan(lines.indexOf("check a/1 720p (downloaded)"));
    expect(lines.indexOf("upgrade a/1 1080p (upgrade asked for)")).toBeGreaterThan(
      lines.indexOf("submit c/1 (never made)"),
    );
  });

  test("says of each step which others it waits for", () => {
    const { steps } = planRun(view(manifest([shot("a"), follows("b", "a")])), 0);
    const needs = Object.fromEntries(steps.map(({ key, needs }) => [key, needs]));
    expect(needs["submit a/1"]).toEqual([]);
    expect(needs["submit b/1"]).toEqual(["check a/1 720p"]);
    const joinKey = Object.keys(needs).find((key) => key.startsWith("join")) ?? "";
    expect(needs[joinKey]).toEqual(["check a/1 720p", "check b/1 720p"]);
  });

  test("buys the longest chain first", () => {
    const wanted = manifest([shot("alone"), shot("a"), follows("b", "a"), follows("c", "b")]);
    const waiting = planRun(view(wanted), 0).steps.flatMap(({ step }) =>
      step.kind === "submit" ? [[step.shot, step.waiting]] : [],
    );
    expect(Object.fromEntries(waiting)).toEqual({ alone: 0, a: 2, b: 1, c: 0 });
  });

  test("buys all takes that are wanted, and upgrades the lowest one only", () => {
    const lines = stepLines(view(manifest([shot("a", { takes: 3, resolution: "1080p" })])));
    expect(lines.filter((line) => /submit|upgrade/.test(line))).toEqual([
      "submit a/1 (never made)",
      "submit a/2 (never made)",
      "submit a/3 (never made)",
      "upgrade a/1 1080p (upgrade asked for)",
    ]);
  });
});

describe("a second run", () => {
  const wanted = manifest(
    [shot("a", { resolution: "4k" }), follows("b", "a"), extend("c", "b")],
    [sequence("one", ["a", "b"]), sequence("two", ["c"])],
  );
  const known = afterGoodRun(wanted);

  test("does nothing when nothing changed", () => {
    expect(stepLines(view(wanted, known))).toEqual([]);
  });

  test("does nothing when a shot was extended and upgraded to 1080p afterwards", () => {
    const extended = manifest([shot("a", { resolution: "1080p" }), extend("b", "a")]);
    const plan = planRun(view(extended, afterGoodRun(extended)), 0);
    expect(plan.steps).toEqual([]);
    expect(plan.shots.map(({ state }) => state)).toEqual(["checked", "checked"]);
  });

  test("buys one take and joins the films that use it when the prompt of a shot nobody needs changed", () => {
    const [a, b] = wanted.shots;
    if (!a || !b) throw new Error("unreachable");
    const changed = { ...wanted, shots: [a, b, extend("c", "b", { prompt: "Another picture" })] };
    expect(stepLines(view(changed, known))).toEqual([
      "submit c/2 (prompt changed)",
      "poll c/2 (bought)",
      "fetch c/2 720p (made)",
      "check c/2 720p (downloaded)",
      "join two (clips or cut changed)",
    ]);
  });

  test("makes the followers and extenders of a changed shot again", () => {
    const changed = { ...wanted, shots: [shot("a", { resolution: "4k", prompt: "New" }), ...wanted.shots.slice(1)] };
    const bought = stepLines(view(changed, known)).filter((line) => line.startsWith("submit"));
    expect(bought).toEqual([
      "submit a/2 (prompt changed)",
      "submit b/2 (parent changed)",
      "submit c/2 (parent changed)",
    ]);
  });

  test("buys nothing when only the cut changed", () => {
    const cut = { ...wanted, sequences: [sequence("one", ["b", "a"]), sequence("two", ["c"])] };
    expect(stepLines(view(cut, known))).toEqual(["join one (clips or cut changed)"]);
  });

  test("buys only the upgrade when a larger picture is asked for later", () => {
    const larger = { ...wanted, shots: [...wanted.shots.slice(0, 2), extend("c", "b", { resolution: "1080p" })] };
    expect(stepLines(view(larger, known))).toEqual([
      "upgrade c/1 1080p (upgrade asked for)",
      "fetch c/1 1080p (made)",
      "check c/1 1080p (downloaded)",
      "join two (clips or cut changed)",
    ]);
  });

  test("fetches a clip that is missing on disk, without buying", () => {
    const shelf = new Map(known.shelf);
    shelf.delete("clips/b/take-1.720p.mp4");
    expect(stepLines(view(wanted, { ...known, shelf }))).toEqual([
      "fetch b/1 720p (clip file missing)",
      "check b/1 720p (downloaded)",
    ]);
  });

  test("joins a film that is missing on disk", () => {
    const shelf = new Map(known.shelf);
    shelf.delete("films/two.mp4");
    expect(stepLines(view(wanted, { ...known, shelf }))).toEqual(["join two (film file missing)"]);
  });

  test("goes on with a task that still generates, without buying", () => {
    const events = known.events.slice(0, 2);
    expect(events.map(({ event }) => event)).toEqual(["submitting", "submitted"]);
    const [first, ...rest] = stepLines(view(wanted, { events, shelf: new Map() }));
    expect(first).toBe("poll a/1 (bought)");
    expect(rest).not.toContain("submit a/1 (never made)");
  });
});

describe("a shot that ended badly", () => {
  const wanted = manifest([shot("a"), shot("b")], [sequence("film", ["a", "b"]), sequence("other", ["b"])]);
  const start = afterGoodRun(manifest([shot("b")], [sequence("other", ["b"])]));
  const intent = planRun(view(wanted), 0).end.events.find((event) => event.event === "submitting");
  if (intent?.event !== "submitting") throw new Error("unreachable");
  const about = { shot: "a" as ShotId, take: 1 };
  const known = (end: "refused" | "failed" | "unconfirmed" | "lost"): Known => ({
    events: [...start.events, intent, { event: end, ...about, problem }],
    shelf: start.shelf,
  });

  test.each(["refused", "failed", "unconfirmed", "lost"] as const)(
    "is not bought again by itself when it was %s",
    (end) => {
      expect(stepLines(view(wanted, known(end)))).toEqual([]);
    },
  );

  test("is bought again with a changed prompt", () => {
    const changed = { ...wanted, shots: [shot("a", { prompt: "Another" }), shot("b")] };
    expect(stepLines(view(changed, known("refused")))[0]).toBe("submit a/2 (prompt changed)");
  });

  test("is bought again when it is forced", () => {
    const renew = new Map([["a" as ShotId, { above: 1, why: "forced" as const }]]);
    expect(stepLines(view(wanted, known("unconfirmed"), { renew }))[0]).toBe("submit a/2 (forced)");
  });

  test("is bought again under its own number when nothing was bought", () => {
    const events = [...start.events, intent, { event: "deferred" as const, ...about, problem }];
    expect(stepLines(view(wanted, { events, shelf: start.shelf }))[0]).toBe("submit a/1 (put off before)");
  });

  test("goes on when a person adopts its task", () => {
    const unconfirmed = known("unconfirmed");
    const events = [...unconfirmed.events, { event: "adopted" as const, ...about, task: "found" as TaskId }];
    expect(stepLines(view(wanted, { ...unconfirmed, events }))[0]).toBe("poll a/1 (bought)");
  });

  test("blocks those that need it, and no other", () => {
    const chain = manifest([shot("a"), follows("c", "a"), shot("b")], [sequence("other", ["b"])]);
    const plan = planRun(view(chain, known("failed")), 0);
    expect(plan.shots.map(({ id, state }) => [id, state])).toEqual([
      ["a", "failed"],
      ["c", "blocked"],
      ["b", "checked"],
    ]);
    expect(plan.shots[1]?.problem?.message).toBe('shot "c" needs shot "a", which ended badly');
  });
});

describe("renaming", () => {
  const known = afterGoodRun(manifest([shot("a"), shot("b")]));
  const renamed = manifest([shot("new", { prompt: "A picture of a" }), shot("b")]);

  test("a take bought under an id that is gone is offered, not bought again", () => {
    const plan = planRun(view(renamed, known), 0);
    expect(plan.price.likely).toBe(0);
    expect(plan.shots[0]?.problem).toEqual({
      rule: "bought-under-another-id",
      message: 'shot "new" was bought before as "a" (take 1), which the manifest no longer has',
      fix: "Keep it: callsheet rename film.yaml a new. Or buy it anew: --force new.",
      place: { file: "film.yaml", line: 1, column: 1 },
    });
  });

  test("an extension that is offered keeps its parent from the upgrade that would end all extending", () => {
    const before = manifest([shot("a"), extend("x", "a", { prompt: "It goes on" })]);
    const bought = afterGoodRun(before);
    const parent = shot("a", { resolution: "1080p" });
    const after = manifest([parent, extend("y", "a", { prompt: "It goes on" })]);
    expect(stepLines(view(after, bought))).toEqual([]);
    const renew = new Map([["y" as ShotId, { above: 0, why: "forced" as const }]]);
    expect(stepLines(view(after, bought, { renew }))).toContain("submit y/1 (never made)");
  });

  test("a shot that goes by another one's id is offered, not bought again: swapped, or numbered anew", () => {
    const bought = afterGoodRun(manifest([shot("s1", { prompt: "A gull" }), shot("s2", { prompt: "A storm" })]));
    const swapped = manifest([shot("s1", { prompt: "A storm" }), shot("s2", { prompt: "A gull" })]);
    expect(stepLines(view(swapped, bought))).toEqual([]);
    const numberedAnew = manifest([
      shot("s1", { prompt: "A gull" }),
      shot("s2", { prompt: "A new one" }),
      shot("s3", { prompt: "A storm" }),
    ]);
    expect(stepLines(view(numberedAnew, bought)).filter(isSubmit)).toEqual(["submit s2/2 (prompt changed)"]);
    expect(standingsOf(view(numberedAnew, bought)).get("s3" as ShotId)?.blocked).toMatchObject({
      rule: "bought-under-another-id",
      message: 'shot "s3" was bought before as "s2" (take 1), which asks for something else now',
      fix: 'Keep it: give this shot the id "s2" again, and the one that has it now another. Or buy it anew: --force s3.',
    });
    const renew = new Map([["s3" as ShotId, { above: 0, why: "forced" as const }]]);
    expect(stepLines(view(numberedAnew, bought, { renew }))).toContain("submit s3/1 (never made)");
  });

  test("an older wording of a shot's own is no offer to itself", () => {
    const bought = afterGoodRun(manifest([shot("s1", { prompt: "A gull" })]));
    const reworded = manifest([shot("s1", { prompt: "A tern" })]);
    expect(stepLines(view(reworded, bought)).filter(isSubmit)).toEqual(["submit s1/2 (prompt changed)"]);
  });

  test("after the rename nothing is bought; a film that names its shots is joined again", () => {
    const events = [...known.events, { event: "renamed" as const, shot: "a" as ShotId, to: "new" as ShotId }];
    const shelf = new Map([...known.shelf].map(([path, bytes]) => [path.replace("clips/a/", "clips/new/"), bytes]));
    expect(stepLines(view(renamed, { events, shelf }))).toEqual(["join film (clips or cut changed)"]);
  });
});

test("a selection buys the chosen shots alone, and leaves the film that needs others", () => {
  const wanted = manifest([shot("a"), shot("b")]);
  const only = new Set(["a" as ShotId]);
  expect(stepLines(view(wanted, undefined, { only }))).toEqual([
    "submit a/1 (never made)",
    "poll a/1 (bought)",
    "fetch a/1 720p (made)",
    "check a/1 720p (downloaded)",
  ]);
});

test("an older take that the author picked serves the film, and nothing is bought behind it", () => {
  const known = afterGoodRun(manifest([shot("a")]));
  const pinned = manifest([shot("a", { prompt: "New words", pick: 1 })]);
  expect(stepLines(view(pinned, known))).toEqual([]);
});

test("a shot whose parent was upgraded to 1080p cannot extend it any more, and says so before paying", () => {
  const known = afterGoodRun(manifest([shot("a", { resolution: "1080p" })]));
  const plan = planRun(view(manifest([shot("a", { resolution: "1080p" }), extend("b", "a")]), known), 0);
  expect(plan.price.likely).toBe(0);
  expect(plan.shots[1]?.problem?.rule).toBe("extend-after-upgrade");
});

test("planning 500 shots in chains of five takes well under a second", () => {
  const shots = Array.from({ length: 500 }, (_, i) => (i % 5 === 0 ? shot(`s${i}`) : follows(`s${i}`, `s${i - 1}`)));
  const started = performance.now();
  const plan = planRun(view(manifest(shots)), 0);
  const tookMs = performance.now() - started;
  console.log(`planned 500 shots: ${plan.steps.length} steps in ${tookMs.toFixed(0)} ms`);
  expect(plan.steps).toHaveLength(500 * 4 + 1);
  expect(tookMs).toBeLessThan(5_000);
});

describe("a shot that another one extends", () => {
  const wanted = manifest([shot("a", { resolution: "1080p" }), extend("b", "a")]);
  const only = new Set(["a" as ShotId]);

  test("is not upgraded while the one that extends it is left out, and says why", () => {
    const lines = stepLines(view(wanted, undefined, { only }));
    expect(lines.some((line) => line.startsWith("upgrade"))).toBe(false);
    const { events, shelf } = planRun(view(wanted, undefined, { only }), 0).end;
    expect(planRun(view(wanted, { events, shelf }, { only }), 0).shots[0]?.problem?.rule).toBe("upgrade-waits");
  });

  test.each(["submitting", "unconfirmed"] as const)("is not upgraded while the extension is %s", (purchase) => {
    const all = planRun(view(wanted), 0).end;
    const isOfA = (name: ShotId) => name === "a";
    const before = all.events.filter((event) => "shot" in event && isOfA(event.shot) && event.event !== "upgrading");
    const made = before.filter((event) => !("resolution" in event) || event.resolution === "720p");
    const intent = all.events.filter((event) => event.event === "submitting" && event.shot === "b");
    const silence = { event: "unconfirmed" as const, shot: "b" as ShotId, take: 1, problem };
    const events = [...made, ...intent, ...(purchase === "unconfirmed" ? [silence] : [])];
    const lines = stepLines(view(wanted, { events, shelf: all.shelf }));
    expect(lines.filter((line) => line.startsWith("upgrade"))).toEqual([]);
  });
});

test("while the picked take is only to come, nothing is upgraded or followed in its stead", () => {
  const known = afterGoodRun(manifest([shot("a")]));
  const wanted = manifest([shot("a", { takes: 2, pick: 2, resolution: "4k" }), follows("b", "a")]);
  const paid = stepLines(view(wanted, known)).filter((line) => /^(submit|upgrade)/.test(line));
  expect(paid).toEqual([
    "submit a/2 (another take wanted)",
    "submit b/1 (never made)",
    "upgrade a/2 4k (upgrade asked for)",
  ]);
});

test("a pick that will never be made is a problem, and buys nothing", () => {
  const plan = planRun(view(manifest([shot("a", { pick: 3 })])), 0);
  expect([plan.price.likely, plan.shots[0]?.problem?.rule]).toEqual([0, "pick-missing"]);
});

describe("a take that was put off", () => {
  const three = planRun(view(manifest([shot("a", { takes: 2 })])), 0).end;
  const first = afterGoodRun(manifest([shot("a")]));
  const second = three.events.filter((event) => event.event === "submitting" && event.take === 2);
  const late = { event: "deferred" as const, shot: "a" as ShotId, take: 2, problem };
  const known = { events: [...first.events, ...second, late], shelf: first.shelf };

  test("is not bought when it is no longer wanted", () => {
    expect(stepLines(view(manifest([shot("a")]), known))).toEqual([]);
  });

  test("is the one that a forced shot buys", () => {
    const renew = new Map([["a" as ShotId, { above: 1, why: "forced" as const }]]);
    const bought = stepLines(view(manifest([shot("a")]), known, { renew })).filter((line) => line.startsWith("submit"));
    expect(bought).toEqual(["submit a/2 (forced)"]);
  });
});

test("an upgrade that was bought is brought home although the manifest no longer asks for it", () => {
  const all = afterGoodRun(manifest([shot("a", { resolution: "4k" })]));
  const last = all.events.findIndex(({ event }) => event === "upgraded");
  const events = all.events.slice(0, last);
  expect(stepLines(view(manifest([shot("a")]), { events, shelf: all.shelf }))[0]).toBe("upgrade a/1 4k (bought)");
});

test.each(["unconfirmed", "failed"] as const)(
  "a take that is adopted does not overtake the one that was picked and upgraded while it was %s",
  (end) => {
    const wanted = manifest([shot("a", { takes: 2, resolution: "1080p" })]);
    const good = afterGoodRun(wanted);
    const open: LedgerEvent = { event: end, shot: "a" as ShotId, take: 1, problem };
    const without = good.events.filter(
      (event) => !("take" in event && event.take === 1) || event.event === "submitting",
    );
    const second = afterGoodRun(wanted, { events: [...without, open], shelf: good.shelf });
    const adopted: LedgerEvent = { event: "adopted", shot: "a" as ShotId, take: 1, task: "found" as TaskId };
    const late = view(wanted, { events: [...second.events, adopted], shelf: second.shelf });
    const { steps, price } = planRun(late, 0);
    expect(steps.map(({ step }) => step.kind)).not.toContain("upgrade");
    expect(price.likely).toBe(0);
  },
);

test("a take that was lost and is there after all does not overtake the one that was bought and upgraded instead", () => {
  const wanted = manifest([shot("a", { resolution: "1080p" })]);
  const good = afterGoodRun(wanted);
  const lost: LedgerEvent = { event: "lost", shot: "a" as ShotId, take: 1, problem };
  const first = good.events.slice(
    0,
    good.events.findIndex(({ event }) => event === "downloaded"),
  );
  const renew = new Map([["a" as ShotId, { above: 1, why: "tried again" as const }]]);
  const end = planRun(view(wanted, { events: [...first, lost], shelf: new Map() }, { renew }), 0).end;
  const adopted: LedgerEvent = { event: "adopted", shot: "a" as ShotId, take: 1, task: "found" as TaskId };
  const late = view(wanted, { events: [...first, lost, ...end.events, adopted], shelf: end.shelf });
  expect(stepLines(late)).toEqual(["poll a/1 (bought)", "fetch a/1 720p (made)", "check a/1 720p (downloaded)"]);
});

describe("a take that is forced while another one still generates", () => {
  const wanted = manifest([shot("a", { resolution: "1080p" })]);
  const stuck = afterGoodRun(wanted).events.slice(0, 2);
  const renew = new Map([["a" as ShotId, { above: 1, why: "forced" as const }]]);
  const { end, steps } = planRun(view(wanted, { events: stuck, shelf: new Map() }, { renew }), 0);

  test("is upgraded and shown instead of it", () => {
    const film = steps.flatMap(({ step }) => (step.kind === "join" ? step.film.clips : []));
    expect(film).toMatchObject([{ shows: "take", take: 2, resolution: "1080p" }]);
    expect(steps.filter(({ step }) => step.kind === "upgrade")).toMatchObject([{ step: { take: 2 } }]);
  });

  test("stays the one when the other one comes", () => {
    const ofSecond = end.events.filter((event) => !("take" in event && event.take === 1));
    const known = { events: [...stuck, ...ofSecond], shelf: end.shelf };
    const lines = ["poll a/1 (bought)", "fetch a/1 720p (made)", "check a/1 720p (downloaded)"];
    expect(
      stepLines(
        view(wanted, { ...known, shelf: new Map([...end.shelf].filter(([file]) => !file.includes("take-1"))) }),
      ),
    ).toEqual(lines);
  });

  test("leaves the place to it when it ends badly itself", () => {
    const [intent] = end.events.filter((event) => event.event === "submitting");
    const failed: LedgerEvent = { event: "failed", shot: "a" as ShotId, take: 2, problem };
    const events = [...stuck, ...(intent ? [intent] : []), failed];
    expect(stepLines(view(wanted, { events, shelf: new Map() }))).toContain("upgrade a/1 1080p (upgrade asked for)");
  });
});

test("a number that was put off and is not wanted any more keeps no film waiting", () => {
  const two = afterGoodRun(manifest([shot("a", { takes: 2 })]));
  const putOff: LedgerEvent = { event: "deferred", shot: "a" as ShotId, take: 1, problem };
  const without = two.events.filter((event) => !("take" in event && event.take === 1) || event.event === "submitting");
  const events = [...without.filter(({ event }) => event !== "joined"), putOff];
  const { steps } = planRun(view(manifest([shot("a")]), { events, shelf: two.shelf }), 0);
  expect(steps.map(({ step }) => step)).toMatchObject([{ kind: "join", film: { clips: [{ take: 2 }] } }]);
});

function isSubmit(line: string): boolean {
  return line.startsWith("submit");
}
