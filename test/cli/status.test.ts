import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { openStudio } from "./studio.ts";
import { treeOf } from "./tree.ts";

// Several commands each, side by side with other tests on few cores.
vi.setConfig({ testTimeout: 120_000 });

const FILM = `
name: film
shots:
  - { id: a, prompt: A net, resolution: 1080p }
  - { id: b, prompt: "A boat [[refuse:422]]" }
  - { id: c, prompt: A quay, follows: b }
sequences:
  - { id: first, shots: [a], loudness: off }
  - { id: whole, shots: [a, b, c], loudness: off }
`;

test.concurrent("before anything was made every shot is planned; looking leaves no trace and asks nobody", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  const before = await treeOf(studio.folder);
  const ran = await studio.start(["status", "film.yaml"], { KIE_API_KEY: undefined, PATH: "" }).ended;
  expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
  expect(ran.stdout).toBe(`film: 0 of 3 shots made, 0 credits ($0.00) spent

shot  state    take  size   credits  file or problem
a     planned     -  1080p        0
b     planned     -  720p         0
c     planned     -  720p         0

Film "first": waits for a
Film "whole": waits for a, b and c
`);
  expect(await treeOf(studio.folder)).toEqual(before);
  expect(studio.vendor.purchases().calls).toEqual([]);
});

test.concurrent("after a run it tells files, films and every problem, and --json has the summary's shape", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", FILM);
  expect(await studio.callsheet("run", "film.yaml")).toMatchObject({ exitCode: 1 });
  const { calls } = studio.vendor.purchases();

  const told = await studio.callsheet("status", "film.yaml");
  expect(told).toMatchObject({ exitCode: 0, stderr: "" });
  expect(told.stdout).toContain("film: 1 of 3 shots made, 65 credits ($0.325) spent");
  expect(told.stdout).toMatch(/^a +checked +1 {2}1080p +65 {2}output\/film\/clips\/a\/take-1\.1080p\.mp4$/m);
  expect(told.stdout).toMatch(/^b +refused +1 {2}720p +0 {2}\[[a-z-]+\]$/m);
  expect(told.stdout).toMatch(/^c +blocked /m);
  expect(told.stdout).toContain('Film "first": output/film/films/first.mp4, 8 s, 192 frames');
  expect(told.stdout).toContain('Film "whole": waits for b and c');
  expect(told.stdout).toMatch(
    /^film\.yaml:5:22: shot "b" \(take 1\) was refused by the vendor \(code 422\): .*[^.]\. Nothing was bought \[refused\]$/m,
  );

  const json = await studio.callsheet("status", "film.yaml", "--json");
  expect(json).toMatchObject({ exitCode: 0, stderr: "" });
  const document = JSON.parse(json.stdout);
  const { credits, ...summary } = await studio.summary("film");
  expect(document).toEqual({
    ...summary,
    credits: {
      run: { planned: 0, spent: 0, balanceChange: null },
      total: { planned: credits.total.spent, spent: 65 },
      balance: null,
    },
  });
  expect(studio.vendor.purchases().calls).toHaveLength(calls.length);
});

test.concurrent("a run that goes on is told as it stands, and neither waits nor is disturbed", async ({
  onTestFinished,
}) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("film.yaml", 'name: film\nshots: [{ id: a, prompt: "A net [[after:240]]" }]\n');
  const running = studio.start(["run", "film.yaml"]);
  while (studio.bought().length === 0) await sleep(20);

  const states = new Set<string>();
  let looks = 0;
  while (running.child.exitCode === null && looks < 8) {
    const look = await studio.callsheet("status", "film.yaml", "--json");
    expect(look).toMatchObject({ exitCode: 0, stderr: "" });
    for (const { state } of JSON.parse(look.stdout).shots) states.add(state);
    looks++;
  }
  expect(states).toContain("generating");
  expect(await running.ended).toMatchObject({ exitCode: 0 });
  expect(studio.bought()).toEqual(["A net [[after:240]]"]);
});

test.concurrent("several manifests are told one after the other, and as one document", async ({ onTestFinished }) => {
  const studio = await openStudio(onTestFinished);
  await studio.write("a.yaml", "shots: [{ id: a, prompt: A net }]\n");
  await studio.write("b.yaml", "shots: [{ id: a, prompt: A boat }]\n");
  const told = await studio.callsheet("status", "a.yaml", "b.yaml");
  expect(told.stdout).toMatch(/^a: 0 of 1 shot made[\s\S]*^b: 0 of 1 shot made/m);
  const json = await studio.callsheet("status", "a.yaml", "b.yaml", "--json");
  const { batches } = JSON.parse(json.stdout);
  expect(batches.map(({ name }: { name: string }) => name)).toEqual(["a", "b"]);
});
