import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { logRecord } from "../../src/report/log-record.ts";
import { redact, redactText, redactUrl } from "../../src/report/redact.ts";
import { pollStep, recorded, submitStep, viewOf } from "./builders.ts";

const KEY = 'sk-Live+9/äé"7f3c';

describe("redacting", () => {
  test("the permission of a presigned address is cut off", () => {
    expect(redactUrl("https://files.example/clip.mp4?X-Amz-Signature=abc&Expires=1#t=3")).toBe(
      "https://files.example/clip.mp4?[redacted]",
    );
    expect(redactUrl("https://files.example/clip.mp4")).toBe("https://files.example/clip.mp4");
    expect(redactUrl("http://user:pass@proxy.example:8080/")).toBe("http://[redacted]@proxy.example:8080/");
    expect(redactUrl("http://user:p@ss@proxy.example:8080/")).toBe("http://[redacted]@proxy.example:8080/");
  });

  test("addresses and bearers are found inside a sentence", () => {
    expect(redactText('GET "https://a.example/x?sig=1" sent Authorization: Bearer abc.def-1= and failed')).toBe(
      'GET "https://a.example/x?[redacted]" sent Authorization: Bearer [redacted] and failed',
    );
  });

  test("a field is hidden by its name", () => {
    const value = {
      headers: { Authorization: "anything", "x-api-key": "anything", accept: "video/mp4" },
      token: "9f",
      uploadToken: "9f",
      nothing: { password: null },
      requestHash: "kept",
      rule: "vendor-key",
    };
    expect(redact(value)).toEqual({
      headers: { Authorization: "[redacted]", "x-api-key": "[redacted]", accept: "video/mp4" },
      token: "[redacted]",
      uploadToken: "[redacted]",
      nothing: { password: null },
      requestHash: "kept",
      rule: "vendor-key",
    });
  });

  test("maps, sets, errors and bytes become plain values", () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    const value = { map: new Map([["a", 1]]), set: new Set([2]), at: new Date(0), bytes: new Uint8Array(3), circle };
    expect(redact(value)).toEqual({
      map: { a: 1 },
      set: [2],
      at: "1970-01-01T00:00:00.000Z",
      bytes: "[3 bytes]",
      circle: { self: "[above]" },
    });
    const error = new TypeError(`cannot send ${KEY}`, { cause: new Error(KEY) });
    expect(redact(error, [KEY])).toMatchObject({ name: "TypeError", message: "cannot send [redacted]" });
    expect(JSON.stringify(redact(error, [KEY]))).not.toContain(KEY);
  });

  test("the key never survives, wherever it stands and however it is written", () => {
    const forms = (key: string) => [
      key,
      encodeURIComponent(key),
      Buffer.from(key).toString("base64"),
      Buffer.from(key).toString("base64url"),
      Buffer.from(key).toString("hex"),
      JSON.stringify(key),
    ];
    const key = fc.oneof(fc.constant(KEY), fc.string({ minLength: 8, maxLength: 40 }));
    fc.assert(
      fc.property(key, fc.string(), fc.string(), fc.nat(5), (secret, before, after, form) => {
        fc.pre(!"[redacted]".includes(secret) && !JSON.stringify("[redacted][above]").includes(secret));
        const written = `${before}${forms(secret)[form]}${after}`;
        const record = { list: [written, { deep: written }], [written]: 1, map: new Map([[written, written]]) };
        const told = JSON.stringify(redact(record, [secret]));
        for (const each of forms(secret)) expect(JSON.parse(JSON.stringify(told))).not.toContain(each);
      }),
      { examples: [[KEY, "https://a.example/", "?x", 1]] },
    );
  });
});

describe("the log", () => {
  test("an event is kept without the view it led to, and without its token", () => {
    const step = submitStep("harbour", 1);
    const { kind: _, why: __, waiting: ___, ...intent } = step;
    const event = { event: "submitting", token: "c0ffee", ...intent } as const;
    expect(logRecord({ news: "recorded", recorded: recorded(event, 7), view: viewOf() })).toEqual({
      news: "recorded",
      seq: 7,
      at: 1_785_000_000_000,
      event: { ...event, token: "[redacted]" },
    });
  });

  test("steps are named, not spelled out", () => {
    const problem = {
      rule: "not-downloaded",
      message: "GET https://a.example/f.mp4?sig=1 failed",
      fix: null,
      place: null,
    };
    expect(logRecord({ news: "started", step: submitStep("harbour", 1) })).toEqual({
      news: "started",
      step: "submit harbour/1",
      credits: 60,
    });
    expect(logRecord({ news: "resting", step: pollStep("harbour", 1), problem })).toEqual({
      news: "resting",
      step: "poll harbour/1",
      problem: { ...problem, message: "GET https://a.example/f.mp4?[redacted] failed" },
    });
    expect(logRecord({ news: "retrying", step: pollStep("harbour", 1), why: `no ${KEY}`, inMs: 5 }, [KEY])).toEqual({
      news: "retrying",
      step: "poll harbour/1",
      why: "no [redacted]",
      inMs: 5,
    });
  });

  test("progress is not logged", () => {
    expect(logRecord({ news: "progress", step: pollStep("harbour", 1), fraction: 0.5 })).toBeUndefined();
  });
});
