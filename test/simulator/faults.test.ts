import { expect, test } from "vitest";
import { signatureHeaders } from "../../src/simulator/callback.ts";
import { faultFor, parseFaults, planFaults } from "../../src/simulator/faults.ts";
import { USUAL } from "../../src/simulator/switches.ts";

test("a fault file sets switches and rules, and leaves the rest as usual", () => {
  const text =
    "switches:\n  httpStatusMode: always200\nfaults:\n  - { endpoint: generate, nth: [1, 3], fault: reset-after }\n";
  expect(parseFaults(text, "faults.yaml")).toEqual({
    ok: true,
    value: {
      switches: { ...USUAL, httpStatusMode: "always200" },
      faults: [{ endpoint: "generate", nth: [1, 3], fault: "reset-after" }],
    },
  });
  expect(parseFaults("", "faults.yaml")).toEqual({ ok: true, value: planFaults({}) });
});

test("every problem of a fault file is told at once, each with its place", () => {
  const text = [
    "switches:",
    "  httpStatusMod: docs",
    "  rateLimit: none",
    "faults:",
    "  - { endpoint: generate, fault: explode }",
    "  - { endpoint: extend, nth: 1, probability: 0.5, fault: stuck }",
  ].join("\n");
  const parsed = parseFaults(text, "faults.yaml");
  expect(parsed.ok).toBe(false);
  const places = parsed.ok ? [] : parsed.problems.map(({ place }) => `${place?.line}:${place?.column}`);
  expect(places.toSorted()).toEqual(["2:3", "3:14", "5:34", "6:5"]);
});

test("YAML that does not parse has its place, too", () => {
  const parsed = parseFaults("faults: [", "faults.yaml");
  expect(parsed.ok ? [] : parsed.problems).toMatchObject([
    { rule: "fault-file", place: { file: "faults.yaml", line: 1 } },
  ]);
});

test("a probability strikes its share of calls, the same ones for the same seed", () => {
  const plan = planFaults({}, [{ endpoint: "*", probability: 0.3, fault: "html-502" }]);
  const struck = (seed: number) =>
    Array.from({ length: 1000 }, (_, n) => faultFor(plan, seed, "credit", { ofTarget: 1, ofAll: n + 1 })).flatMap(
      (fault, n) => (fault ? [n] : []),
    );
  expect(struck(1)).toEqual(struck(1));
  expect(struck(1)).not.toEqual(struck(2));
  expect(struck(1).length).toBeGreaterThan(250);
  expect(struck(1).length).toBeLessThan(350);
});

test("a signature covers task and time", () => {
  expect(signatureHeaders("sim-webhook-key", "4c9a31a5bb61db65d10f1210d78cc08a", 1776728275)).toEqual({
    "X-Webhook-Timestamp": "1776728275",
    "X-Webhook-Signature": "WWQJgng+tqrCT3TfXI8yuKAQVYGl8sgk576NrL9/uto=",
  });
});
