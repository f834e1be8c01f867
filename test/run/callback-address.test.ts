import { expect, test } from "vitest";
import { callbackAddress, tokenIn } from "../../src/run/callback-address.ts";

const TOKEN = "0123456789abcdef0123456789abcdef";

for (const [publicUrl, expected] of [
  ["https://x.example", `https://x.example/${TOKEN}`],
  ["https://x.example/", `https://x.example/${TOKEN}`],
  ["https://x.example/a/b//", `https://x.example/a/b/${TOKEN}`],
  ["https://x.example/a?key=1&b=%20", `https://x.example/a/${TOKEN}?key=1&b=%20`],
  ["http://127.0.0.1:4010/ä", `http://127.0.0.1:4010/%C3%A4/${TOKEN}`],
] as const) {
  test(`the token is the last step of ${publicUrl}, and found there again`, () => {
    const address = callbackAddress(publicUrl, TOKEN);
    expect(address).toBe(expected);
    expect(tokenIn(address.slice(new URL(address).origin.length))).toBe(TOKEN);
  });
}
