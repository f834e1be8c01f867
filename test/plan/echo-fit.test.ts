import { expect, test } from "vitest";
import { contradictionOf, doubtAbout } from "../../src/plan/echo-fit.ts";
import type { RequestEcho } from "../../src/provider/outcome.ts";
import type { TakeRequest } from "../../src/shot/take.ts";

const REQUEST: TakeRequest = {
  kind: "generate",
  prompt: "cat",
  model: "veo3_fast",
  aspectRatio: "16:9",
  translate: false,
  stills: { use: "none" },
};
const nothing: RequestEcho = {
  prompt: undefined,
  model: undefined,
  aspectRatio: undefined,
  callBackUrl: undefined,
  translate: undefined,
  seed: undefined,
  imageUrls: undefined,
  of: undefined,
  index: undefined,
};
const TOKEN = "a".repeat(32);

const ECHOES = [
  ["no record of what was asked", undefined, undefined, "its record does not say what it was asked for"],
  ["the prompt", { ...nothing, prompt: "cat" }, undefined, undefined],
  ["another prompt", { ...nothing, prompt: "dog\n" }, 'its prompt is "dog\\n"', 'its prompt is "dog\\n"'],
  ["another model", { ...nothing, prompt: "cat", model: "veo3" }, "its model is veo3, not veo3_fast", undefined],
  ["our address alone", { ...nothing, callBackUrl: `https://x.example/${TOKEN}` }, undefined, undefined],
  [
    "the prompt and another take's address",
    { ...nothing, prompt: "cat", callBackUrl: `https://x.example/${"b".repeat(32)}` },
    undefined,
    "it calls another address",
  ],
] as const;

for (const [name, echo, difference, doubt] of ECHOES) {
  test(`a record that echoes ${name} is compared with the request`, () => {
    expect(contradictionOf(REQUEST, echo)).toBe(difference);
    expect(doubtAbout(REQUEST, TOKEN, echo)).toBe(doubt ?? difference);
  });
}
