import { expect, test } from "vitest";
import { requireCallbackSettings } from "../../src/cli/callback-settings.ts";
import { Refusal } from "../../src/cli/exit.ts";

const VENDOR = { isLoopback: false, webhookKey: "k" };
const LOCAL = { isLoopback: true, webhookKey: undefined };
const URL = "https://films.example.net/cb?x=1";

test("without either flag nobody is called back", () => {
  expect(requireCallbackSettings({}, VENDOR)).toBeUndefined();
});

for (const [flags, settings, expected] of [
  [{ callbackUrl: URL, listen: "4010" }, VENDOR, { publicUrl: URL, host: "127.0.0.1", port: 4010, key: "k" }],
  [{ callbackUrl: URL, listen: "0.0.0.0:80" }, VENDOR, { publicUrl: URL, host: "0.0.0.0", port: 80, key: "k" }],
  [{ callbackUrl: URL, listen: "[::1]:80" }, VENDOR, { publicUrl: URL, host: "::1", port: 80, key: "k" }],
  [{ callbackUrl: URL, listen: "inside.lan:80" }, VENDOR, { publicUrl: URL, host: "inside.lan", port: 80, key: "k" }],
  [
    { callbackUrl: "http://127.0.0.1:4010", listen: "4010" },
    LOCAL,
    { publicUrl: "http://127.0.0.1:4010/", host: "127.0.0.1", port: 4010, key: undefined },
  ],
] as const) {
  test(`--callback-url ${flags.callbackUrl} --listen ${flags.listen} is taken`, () => {
    expect(requireCallbackSettings(flags, settings)).toEqual(expected);
  });
}

for (const [flags, settings, words] of [
  [{ callbackUrl: URL }, VENDOR, ["nobody listens there"]],
  [{ listen: "4010" }, VENDOR, ["not told where to call"]],
  [{ callbackUrl: "films.example.net", listen: "0" }, VENDOR, ["--listen 0 is no port", "is not a whole address"]],
  [{ callbackUrl: "ftp://films.example.net", listen: "1" }, VENDOR, ["is not a whole address"]],
  [{ callbackUrl: "/cb", listen: "65536" }, VENDOR, ["--listen 65536 is no port", "is not a whole address"]],
  [{ callbackUrl: "http://films.example.net", listen: "80" }, VENDOR, ["is not encrypted"]],
  [{ callbackUrl: "https://user:word@films.example.net", listen: "80" }, VENDOR, ["holds a user"]],
  [{ callbackUrl: "https://films.example.net/#a", listen: "80" }, VENDOR, ["holds a user, a password or a #"]],
  [{ callbackUrl: "https://192.168.1.7/cb", listen: "80" }, VENDOR, ["which the vendor cannot reach"]],
  [{ callbackUrl: "https://localhost/cb", listen: ":80" }, VENDOR, ["--listen :80 is no port", "cannot reach"]],
] as const) {
  test(`${JSON.stringify(flags)} is refused, with all that is wrong`, () => {
    try {
      requireCallbackSettings(flags, settings);
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      expect(error.exitCode).toBe(2);
      expect(error.problems.map(({ message }) => message)).toEqual(words.map((part) => expect.stringContaining(part)));
      expect(JSON.stringify(error.problems)).not.toContain("word@");
    }
  });
}
