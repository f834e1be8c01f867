import fc from "fast-check";
import { expect, test } from "vitest";
import { effectiveStatus } from "../../src/provider/effective-status.ts";
import { VEO_PRICES } from "../../src/provider/price-table.ts";
import { retryAfterMs } from "../../src/provider/retry-after.ts";
import { readUrlList } from "../../src/provider/url-list.ts";
import { readVendorTime } from "../../src/provider/vendor-time.ts";
import { vendorWords } from "../../src/provider/vendor-words.ts";

const A = "https://x.example/a.mp4";
const B = "http://y.example/b.mp4?size=1,2";

test.each<[string, unknown, readonly string[]]>([
  ["an array", [A, B], [A, B]],
  ["JSON text of an array", JSON.stringify([A, B]), [A, B]],
  ["JSON text of a string", JSON.stringify(A), [A]],
  ["JSON text of JSON text", JSON.stringify(JSON.stringify([A])), [A]],
  ["brackets without quotes", `[${A}, ${B}]`, [A, B]],
  ["brackets with single quotes", `['${A}','${B}']`, [A, B]],
  ["commas", ` ${A} ,${B}`, [A, B]],
  ["one address with a comma in it", B, [B]],
  ["doubles and blanks", [A, ` ${A} `, "", null, 5], [A]],
  ["null", null, []],
  ["an empty text", "", []],
  ["other schemes", ["file:///etc/passwd", "javascript:alert(1)", "ftp://x/y", A], [A]],
  ["half an address", ["https://", "https:// x", A], [A]],
  ["an object", { 0: A }, []],
])("a list of addresses may come as %s", (_name, value, urls) => {
  expect(readUrlList(value)).toEqual(urls);
});

test("any value gives a list of whole web addresses, each once", () => {
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.string(), fc.array(fc.webUrl())), (value) => {
      const urls = readUrlList(value);
      expect(new Set(urls).size).toBe(urls.length);
      for (const url of urls) expect(["http:", "https:"]).toContain(new URL(url).protocol);
    }),
  );
});

test.each<[unknown, number | undefined]>([
  [1_776_728_275_000, 1_776_728_275_000],
  [1_776_728_275, 1_776_728_275_000],
  ["1776728275000", 1_776_728_275_000],
  ["2026-01-06 08:17:04", Date.UTC(2026, 0, 6, 0, 17, 4)],
  ["2026-01-06T08:17:04", Date.UTC(2026, 0, 6, 0, 17, 4)],
  ["2024-03-20T10:30:00Z", Date.UTC(2024, 2, 20, 10, 30)],
  ["2024-03-20T10:30:00.250+02:00", Date.UTC(2024, 2, 20, 8, 30, 0, 250)],
  [null, undefined],
  ["", undefined],
  ["soon", undefined],
  ["2026-13-40 99:99:99", undefined],
  [0, undefined],
  [Number.NaN, undefined],
])("the vendor's time %j is %j", (value, ms) => {
  expect(readVendorTime(value)).toBe(ms);
});

const NOW = Date.UTC(2026, 10, 21, 12);
const clock = { elapsed: (since: number) => (NOW - since) * 10 };
test.each<[string | undefined, number | undefined]>([
  ["7", 7000],
  ["0", 0],
  ["1.5", 1500],
  ["999999", 3_600_000],
  ["Sat, 21 Nov 2026 12:00:03 GMT", 30_000], // three true seconds at tenfold speed
  ["Sat, 21 Nov 2026 11:00:00 GMT", 0],
  [undefined, undefined],
  ["", undefined],
  ["-5", undefined],
  ["soon", undefined],
])("Retry-After %j means %j nominal milliseconds", (header, ms) => {
  expect(retryAfterMs(header, clock)).toBe(ms);
});

test.each([
  [200, 422, 422],
  [200, 200, 200],
  [201, undefined, 200],
  [429, undefined, 429],
  [500, 422, 422],
  [502, undefined, 502],
])("HTTP %d with code %j counts as %d", (httpStatus, code, status) => {
  expect(effectiveStatus(httpStatus, code)).toBe(status);
});

test("words of the vendor's are one clean line of at most 500 characters without the key", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 900 }), fc.nat(5), (text, at) => {
      const shown = vendorWords(`${text.slice(0, at)}secret-key${text}`, "secret-key");
      expect(shown.length).toBeLessThanOrEqual(500);
      expect(shown).not.toContain("secret-key");
      expect(shown).not.toMatch(/[\p{Cc}\p{Cs}\u202e]/u);
    }),
  );
});

test("prices are those of a dated table", () => {
  expect(VEO_PRICES).toEqual({
    source: "built in",
    date: "2026-08-19",
    generate: { veo3: 250, veo3_fast: 60, veo3_lite: 30 },
    extend: { veo3: 250, veo3_fast: 60, veo3_lite: 30 },
    upgrade: { "1080p": 5, "4k": 120 },
  });
});
