import { describe, expect, test } from "vitest";
import { planJson } from "../../src/report/plan-json.ts";
import { PLAIN } from "../../src/report/style.ts";
import { tellPlan } from "../../src/report/tell-plan.ts";
import { bought, checked, ended, film, manifest, planOf, shot, shotId, viewOf } from "./builders.ts";

const plain = { style: PLAIN, mode: "plan" } as const;
const follows = (parent: string) => ({ start: { from: "follows", parent: shotId(parent) } }) as const;
const cap = (credits: number, line: number | null) => {
  return { credits, place: line === null ? null : { file: "manifests/keeper.yaml", line, column: 16 } };
};
const extendsShot = (parent: string) => ({ start: { from: "extends", parent: shotId(parent) } }) as const;

describe("a plan in words", () => {
  test("says of a film that is joined and then handed off anew that it is joined", () => {
    const asked = manifest([shot("a", { resolution: "1080p" })], {
      sequences: [film("film", ["a"], { size: "720p", exports: ["edl"] })],
    });
    const plan = planOf(viewOf(asked));
    const reasons = plan.steps.flatMap(({ step }) => (step.kind === "join" ? [step.why] : []));
    expect(reasons).toEqual(["never joined", "hand-off changed"]);
    expect(tellPlan(plan, { ...plain })).toMatch(
      /all frames copied; sound at -14 LUFS; cut for editors: edl \(never joined\)/,
    );
  });

  test("says per shot what is done and why, then the films, then the price", () => {
    const harbour = shot("harbour", { resolution: "4k" });
    const keeper = shot("keeper");
    const crew = shot("crew", {
      start: {
        from: "references",
        images: [
          { from: "url", url: "https://a.example/1.png" },
          { from: "url", url: "https://a.example/2.png" },
        ],
      },
    });
    const door = shot("door", follows("keeper"));
    const lamp = shot("lamp", extendsShot("door"));
    const storm = shot("storm", { takes: 3 });
    const shots = [harbour, keeper, crew, door, lamp, storm];
    const batch = manifest(shots, {
      title: "The Keeper of \u001bDawn",
      sequences: [film("film", ["harbour", "keeper", "door", "lamp"]), film("teaser", ["keeper"])],
    });
    const old = { ...keeper, prompt: "Another wording" };
    const plan = planOf(viewOf(batch, [...checked(harbour), ...checked(old)]));
    const durations = new Map([
      ["generate:veo3_fast", [70_000, 80_000, 90_000]],
      ["extend:veo3_fast", [100_000]],
      ["upgrade:4k", [400_000]],
    ] as const);
    const context = {
      ...plain,
      balance: 4400,
      caps: { run: cap(900, 4), day: cap(3000, 4) },
      spentToday: 1200,
      durations,
    };
    expect(tellPlan(plan, { ...context, newLedger: "output/ledger.db" })).toMatchInlineSnapshot(`
      "The Keeper of \\x1bDawn (keeper): 6 shots, 2 films, from manifests/keeper.yaml
      A new ledger begins: output/ledger.db. Nothing bought before is known in it.

      Takes
        harbour  take 1        120 credits  upgrade to 4k (asked for)
        keeper   take 2         60 credits  make with veo3_fast (prompt changed)
        crew     take 1         60 credits  make with veo3_fast from 2 references (never made)
        door     take 1         60 credits  make with veo3_fast from the last frame of keeper (never made)
        lamp     take 1         60 credits  extend door with veo3_fast (never made)
        storm    takes 1 to 3  180 credits  make with veo3_fast (never made)

      Films
        films/film.mp4    768 frames, 32 s, 1280x720 at 24 frames a second: all frames copied; sound at -14 LUFS (never joined)
        films/teaser.mp4  192 frames, 8 s, 1280x720 at 24 frames a second: all frames copied; sound at -14 LUFS (never joined)

      Total: 540 credits ($2.70)
      Prices: built in, as of 2026-08-01
      Balance: 4,400 credits ($22.00)
      Caps: 900 credits a run, 3,000 credits a day (1,200 spent or reserved today)
      Time: about 6 min 40 s, judged by earlier takes
      Nothing was bought.
      "
    `);
  });

  test("counts what needs nothing, and tells what it can do nothing about", () => {
    const [harbour, door, lamp] = [shot("harbour"), shot("door", {}, 12), shot("lamp", extendsShot("door"), 17)];
    const problem = {
      rule: "refused",
      message: 'shot "door" (take 1) was refused by the vendor (code 400): Your prompt was flagged. Nothing was bought',
      fix: "Change the prompt and run again.",
      place: door.promptPlace,
    };
    const crew = shot("crew", {}, 22);
    const [intent] = bought(door);
    if (!intent) throw new Error("no intent");
    const events = [...checked(harbour), intent, ended(door, "refused", problem)];
    expect(tellPlan(planOf(viewOf([harbour, door, lamp, crew], events)), plain)).toMatchInlineSnapshot(`
      "keeper: 4 shots, 1 film, from manifests/keeper.yaml

      Takes
        crew  take 1  60 credits  make with veo3_fast (never made)

      1 shot needs nothing.
      Film "film" cannot be joined yet: door and lamp are missing.

      manifests/keeper.yaml:13:13: shot "door" (take 1) was refused by the vendor (code 400): Your prompt was flagged. Nothing was bought [refused]
         Change the prompt and run again.
      manifests/keeper.yaml:17:9: shot "lamp" needs shot "door", which ended badly [parent-missing]
         Mend the prompt of "door" and run again, or buy it again as it is with --retry-failed.

      Total: 60 credits ($0.30)
      Prices: built in, as of 2026-08-01
      Nothing was bought.
      "
    `);
    expect(tellPlan(planOf(viewOf([harbour, door, lamp], events)), plain)).toMatchInlineSnapshot(`
      "keeper: 3 shots, 1 film, from manifests/keeper.yaml

      1 shot needs nothing.
      Film "film" cannot be joined yet: door and lamp are missing.

      manifests/keeper.yaml:13:13: shot "door" (take 1) was refused by the vendor (code 400): Your prompt was flagged. Nothing was bought [refused]
         Change the prompt and run again.
      manifests/keeper.yaml:17:9: shot "lamp" needs shot "door", which ended badly [parent-missing]
         Mend the prompt of "door" and run again, or buy it again as it is with --retry-failed.

      Nothing can be done by itself. 0 credits.
      "
    `);
  });

  test("says in one line that there is nothing to do", () => {
    const harbour = shot("harbour");
    const view = viewOf(manifest([harbour], { sequences: [] }), checked(harbour));
    expect(tellPlan(planOf(view), plain)).toBe(
      "keeper: 1 shot, 0 films, from manifests/keeper.yaml\n\nNothing to do: 1 shot made. 0 credits.\n",
    );
  });

  test("goes on with what was bought before, for nothing", () => {
    const harbour = shot("harbour", { resolution: "1080p" });
    const gone = shot("gone");
    const lost = viewOf([harbour], [...bought(harbour), ...bought(gone)]);
    expect(tellPlan(planOf(lost), { ...plain, mode: "run" })).toMatchInlineSnapshot(`
      "keeper: 1 shot, 1 film, from manifests/keeper.yaml

      Takes
        harbour  take 1  5 credits  wait for its task, then upgrade to 1080p (bought before)
        gone     take 1       free  wait for its task (bought before; no longer in the manifest)

      Films
        films/film.mp4  192 frames, 8 s, 1920x1080 at 24 frames a second: all frames copied; sound at -14 LUFS (never joined)

      Total: 5 credits ($0.025)
      Prices: built in, as of 2026-08-01
      "
    `);
    const missing = viewOf([shot("harbour")], checked(shot("harbour")), { shelf: new Map() });
    expect(tellPlan(planOf(missing), { ...plain, mode: "run" })).toMatchInlineSnapshot(`
      "keeper: 1 shot, 1 film, from manifests/keeper.yaml

      Takes
        harbour  take 1  free  download 720p (clip file missing)

      Films
        films/film.mp4  192 frames, 8 s, 1280x720 at 24 frames a second: all frames copied; sound at -14 LUFS (never joined)

      Total: 0 credits ($0.00)
      Prices: built in, as of 2026-08-01
      "
    `);
  });

  test("groups five hundred shots", () => {
    const shots = Array.from({ length: 500 }, (_, index) => shot(`shot-${index + 1}`));
    const view = viewOf(manifest(shots, { sequences: [film("film", ["shot-1", "shot-2"], { size: "1080p" })] }));
    const told = tellPlan(planOf(view), plain).split("\n");
    expect(told).toHaveLength(34);
    expect(told.slice(20)).toMatchInlineSnapshot(`
      [
        "  shot-18  take 1  60 credits  make with veo3_fast (never made)",
        "  shot-19  take 1  60 credits  make with veo3_fast (never made)",
        "  shot-20  take 1  60 credits  make with veo3_fast (never made)",
        "  and 480 more like these: 28,800 credits ($144.00)",
        "",
        "Films",
        "  films/film.mp4  384 frames, 16 s, 1920x1080 at 24 frames a second: all frames encoded, about 2 min on two cores; sound at -14 LUFS (never joined)",
        "    no clip has the film's size and frame rate, so none can be copied: size and frame_rate decide",
        "    384 frames of shot-1 and shot-2: size 1280x720, not 1920x1080",
        "",
        "Total: 30,000 credits ($150.00)",
        "Prices: built in, as of 2026-08-01",
        "Nothing was bought.",
        "",
      ]
    `);
  });

  test("groups chains although every shot names another one", () => {
    const shots = Array.from({ length: 60 }, (_, index) =>
      shot(`s${index + 1}`, index === 0 ? {} : index % 2 ? follows(`s${index}`) : extendsShot(`s${index}`)),
    );
    const told = tellPlan(planOf(viewOf(manifest(shots, { sequences: [] }))), plain).split("\n");
    expect(told.slice(40, 46)).toMatchInlineSnapshot(`
      [
        "  s38  take 1  60 credits  make with veo3_fast from the last frame of s37 (never made)",
        "  s39  take 1  60 credits  extend s38 with veo3_fast (never made)",
        "  s40  take 1  60 credits  make with veo3_fast from the last frame of s39 (never made)",
        "  s41  take 1  60 credits  extend s40 with veo3_fast (never made)",
        "  and 10 more to make with veo3_fast from the last frame of another shot (never made): 600 credits ($3.00)",
        "  and 9 more to extend another shot with veo3_fast (never made): 540 credits ($2.70)",
      ]
    `);
  });

  test("says which limit the price runs into", () => {
    const plan = planOf(viewOf([shot("harbour"), shot("keeper")]));
    const end = (context: object) =>
      tellPlan(plan, { ...plain, ...context })
        .split("\n\n")
        .at(-1);
    expect(end({ caps: { run: cap(100, 3) } })).toMatchInlineSnapshot(`
      "manifests/keeper.yaml:3:16: this run would cost 120 credits; its cap is 100. Nothing was bought [budget-run]
         Raise budget.run or --budget, or choose shots with --only.
      "
    `);
    expect(end({ caps: { run: cap(100, null) } })).toMatchInlineSnapshot(`
      "this run would cost 120 credits; the cap of --budget is 100. Nothing was bought [budget-run]
         Raise --budget, or choose shots with --only.
      "
    `);
    const together = { likely: 300, worst: 300, manifests: 2 };
    expect(end({ caps: { run: cap(200, 3) }, together })).not.toMatch(/would cost/);
    expect(end({ caps: { run: cap(299, null) }, together })).toMatchInlineSnapshot(`
      "these 2 manifests would cost 300 credits together; the cap of --budget is 299. Nothing was bought [budget-run]
         Raise --budget, or choose shots with --only.
      "
    `);
    expect(end({ caps: { day: cap(3000, 3) }, spentToday: 2701, together })).toMatchInlineSnapshot(`
      "manifests/keeper.yaml:3:16: these 2 manifests would cost 300 credits together; the day's cap is 3000, of which 2701 are spent or reserved. Nothing was bought [budget-day]
         Raise budget.day, choose shots with --only, or wait for tomorrow.
      "
    `);
    expect(end({ balance: 299, together })).toContain(
      "these 2 manifests would cost 300 credits together; the account has 299",
    );
    expect(end({ caps: { day: cap(3000, 3) }, spentToday: 2990 })).toMatchInlineSnapshot(`
      "manifests/keeper.yaml:3:16: this run would cost 120 credits; the day's cap is 3000, of which 2990 are spent or reserved. Nothing was bought [budget-day]
         Raise budget.day, choose shots with --only, or wait for tomorrow.
      "
    `);
    expect(end({ balance: 119.5 })).toMatchInlineSnapshot(`
      "this run would cost 120 credits; the account has 119.5. Nothing was bought [balance]
         Top up, or choose shots with --only.
      "
    `);
    expect(end({ balance: 120 })).not.toMatch(/above|account has/);
    const worse = { ...plan, price: { likely: 120, worst: 240 } };
    expect(
      tellPlan(worse, { ...plain, caps: { run: cap(200, 3) } })
        .split("\n\n")
        .at(-1),
    ).toMatchInlineSnapshot(`
      "Total: 120 credits ($0.60); at worst 240 credits ($1.20)
      Prices: built in, as of 2026-08-01
      Caps: 200 credits a run
      The worst case is above a limit: a run would begin, and stop buying there.
      Nothing was bought.
      "
    `);
  });

  test("a selection is judged by itself", () => {
    const shots = [shot("harbour"), shot("keeper")];
    const wish = { only: new Set([shotId("keeper")]), renew: new Map() };
    expect(tellPlan(planOf(viewOf(shots, [], { wish })), plain)).toMatchInlineSnapshot(`
      "keeper: 2 shots, 1 film, from manifests/keeper.yaml
      Only 1 of these shots is selected.

      Takes
        keeper  take 1  60 credits  make with veo3_fast (never made)

      Film "film" cannot be joined yet: harbour is missing.

      Total: 60 credits ($0.30)
      Prices: built in, as of 2026-08-01
      Nothing was bought.
      "
    `);
  });

  test("is coloured only where that was asked for", () => {
    const plan = planOf(viewOf());
    const coloured = tellPlan(plan, { ...plain, style: { colour: true, columns: 80 } });
    expect(coloured).toContain("\u001b[1mTotal");
    expect(coloured.replace(/\u001b\[\d+m/g, "")).toBe(tellPlan(plan, plain));
  });
});

test("the plan's document names every step, what it needs and what it costs", () => {
  const [harbour, door] = [shot("harbour"), shot("door", follows("harbour"))];
  const document = planJson(planOf(viewOf([harbour, door], bought(harbour))), {
    balance: 100,
    caps: { run: cap(90, null) },
  });
  expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  const { steps, shots, films, prices, ...rest } = document;
  expect(rest).toEqual({
    version: 1,
    name: "keeper",
    manifest: "manifests/keeper.yaml",
    price: { likely: 60, worst: 60 },
    balance: 100,
    caps: { run: 90, day: null },
    newLedger: null,
    learnedPrices: [],
    fading: [],
    obstacles: [],
  });
  expect(shots.map(({ id, state }) => [id, state])).toEqual([
    ["harbour", "generating"],
    ["door", "planned"],
  ]);
  expect(films.map(({ id, state }) => [id, state])).toEqual([["film", "held"]]);
  expect(prices.date).toBe("2026-08-01");
  expect(steps.map(({ key, credits, needs }) => [key.replace(/[0-9a-f]{64}/, "HASH"), credits, needs])).toEqual([
    ["poll harbour/1", 0, []],
    ["fetch harbour/1 720p", 0, ["poll harbour/1"]],
    ["check harbour/1 720p", 0, ["fetch harbour/1 720p"]],
    ["submit door/1", 60, ["check harbour/1 720p"]],
    ["poll door/1", 0, ["submit door/1"]],
    ["fetch door/1 720p", 0, ["poll door/1"]],
    ["check door/1 720p", 0, ["fetch door/1 720p"]],
    ["join film HASH", 0, ["check harbour/1 720p", "check door/1 720p"]],
  ]);
  expect(steps.at(-1)).toMatchObject({
    kind: "join",
    shot: null,
    film: { sequence: "film", file: "films/film.mp4", clips: 2, frames: 384, seconds: 16, copied: true },
  });
});
