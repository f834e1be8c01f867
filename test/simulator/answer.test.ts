import { describe, expect, test } from "vitest";
import { ENDPOINT_NAMES, ENDPOINTS } from "../../src/simulator/endpoint.ts";
import { ORIGIN, Vendor } from "./vendor.ts";

describe("at the door", () => {
  test("a call without a key is refused before its parameters are looked at", () => {
    const { body } = new Vendor().send({ method: "POST", path: ENDPOINTS.generate.path, headers: {}, body: "{}" });
    expect(JSON.parse(body as string)).toEqual({ code: 401, msg: "You do not have access permissions", data: null });
  });

  test("the bad key has a text of its own, and HTTP says 200 all the same", () => {
    const headers = { authorization: "Bearer bad-key" };
    const { status, body } = new Vendor().send({ path: ENDPOINTS.credit.path, headers });
    expect(status).toBe(200);
    expect(JSON.parse(body as string).msg).toMatch(/^Unauthorized – Authentication failed/);
  });

  test.each([
    ["docs", 429, 200],
    ["always200", 200, 200],
    ["mirrorBodyCode", 429, 402],
  ] as const)("httpStatusMode %s gives %i for a 429 and %i for a 402", (httpStatusMode, often, poor) => {
    const vendor = new Vendor({ httpStatusMode }, [{ endpoint: "generate", nth: 1, fault: "code-429" }], 10);
    const send = () =>
      vendor.send({ method: "POST", path: ENDPOINTS.generate.path, body: JSON.stringify({ prompt: "p" }) }).status;
    expect([send(), send()]).toEqual([often, poor]);
  });

  test("the upload host answers with real statuses, and turns a library's bare user agent away", () => {
    const vendor = new Vendor();
    const path = ENDPOINTS["file-base64-upload"].path;
    const headers = { authorization: "Bearer k", "user-agent": "python-requests/2.31" };
    const bare = vendor.send({ method: "POST", path, headers, body: "{}" });
    expect([bare.status, bare.body]).toEqual([403, "error code: 1010"]);
    const empty = vendor.send({ method: "POST", path, body: "{}" });
    expect([empty.status, JSON.parse(empty.body as string).success]).toEqual([400, false]);
  });

  test("maintenance and a disabled endpoint are said of every call", () => {
    const closed = new Vendor({ maintenance: true });
    expect(
      ENDPOINT_NAMES.filter((name) => ENDPOINTS[name].host === "api").map((name) => closed.call(name).code),
    ).toEqual(Array(7).fill(455));
    expect(new Vendor({ disabled: ["extend"] }).call("extend").code).toBe(505);
  });

  test("answers carry the gateway's headers and no word about limits", () => {
    const { headers } = new Vendor().send({ path: ENDPOINTS.credit.path });
    expect(headers["content-type"]).toBe("application/json;charset=UTF-8");
    expect(headers["set-cookie"]).toMatch(/^JSESSIONID=[0-9A-F]{32}; Path=\/; HttpOnly$/);
    expect(Object.keys(headers).filter((name) => /limit|retry/i.test(name))).toEqual([]);
  });
});

describe("generate", () => {
  test.each([
    ["no prompt", { prompt: " " }, /prompt/],
    ["an unknown model", { model: "veo9" }, /model/],
    ["a square", { aspect_ratio: "1:1" }, /^Ratio error$/],
    ["8k", { resolution: "8k" }, /resolution/],
    ["a seed too small", { seeds: 9999 }, /seeds/],
    ["seven seconds", { duration: 7 }, /duration/],
    ["four references", { imageUrls: ["a", "b", "c", "d"], generationType: "REFERENCE_2_VIDEO" }, /1 to 3/],
    [
      "references for the quality model",
      { model: "veo3", imageUrls: ["https://example.com/a.png"], generationType: "REFERENCE_2_VIDEO" },
      /not supported/,
    ],
    ["pictures for text alone", { imageUrls: ["https://example.com/a.png"], generationType: "TEXT_2_VIDEO" }, /0 to 0/],
  ])("%s is refused with 422 and costs nothing", (_, content, words) => {
    const vendor = new Vendor();
    const { code, msg } = vendor.call("generate", { prompt: "p", ...content });
    expect(code).toBe(422);
    expect(msg).toMatch(words);
    expect(vendor.balance).toBe(10_000);
  });

  test("an accepted task has an opaque id of 32 hex digits and holds its price", () => {
    const vendor = new Vendor();
    expect(vendor.generate()).toMatch(/^[0-9a-f]{32}$/);
    expect(vendor.balance).toBe(9940);
  });

  test.each([
    ["veo_task", /^veo_task_[0-9a-f]{12}$/],
    ["uuid", /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/],
  ] as const)("ids can be of the form %s", (idForm, form) => {
    expect(new Vendor({ idForm }).generate()).toMatch(form);
  });

  test("where the two spellings of the ratio differ, the first wins and a warning is kept", () => {
    const vendor = new Vendor();
    const task = vendor.made({ aspect_ratio: "9:16", aspectRatio: "16:9" });
    expect(JSON.parse(vendor.record(task).data.paramJson).aspectRatio).toBe("9:16");
    expect(vendor.state.warnings.join()).toMatch(/aspect_ratio 9:16/);
  });

  test("a resolution asked for is delivered and charged with its upgrade", () => {
    const vendor = new Vendor();
    const task = vendor.made({ resolution: "4k" });
    expect(vendor.record(task).data.response.resolution).toBe("4k");
    expect(vendor.balance).toBe(10_000 - 180);
  });
});

describe("record-info", () => {
  test("a finished task looks as the recorded one did", () => {
    const vendor = new Vendor();
    const task = vendor.made({ aspect_ratio: "16:9", enableTranslation: false });
    const { code, msg, data } = vendor.record(task);
    expect([code, msg]).toEqual([200, "success"]);
    expect(Object.keys(data).toSorted()).toEqual(
      [
        "taskId",
        "paramJson",
        "response",
        "successFlag",
        "fallbackFlag",
        "completeTime",
        "createTime",
        "errorCode",
        "errorMessage",
      ].toSorted(),
    );
    expect(data).toMatchObject({
      taskId: task,
      successFlag: 1,
      fallbackFlag: false,
      errorCode: null,
      errorMessage: null,
    });
    expect(data.response).toEqual({
      taskId: task,
      resolution: "720p",
      originUrls: null,
      resultUrls: [expect.stringMatching(new RegExp(`^${ORIGIN}/v/${task}_\\d{10}\\.mp4$`))],
      fullResultUrls: null,
      hasAudioList: [true],
      seeds: [expect.any(Number)],
    });
    expect(data.completeTime % 1000).toBe(0);
    expect(JSON.parse(data.paramJson)).toMatchObject({
      aspectRatio: "16:9",
      enableTranslation: false,
      model: "veo3_fast",
    });
  });

  test("a task under way has no response, and neither has a failed one, whose envelope says success", () => {
    const vendor = new Vendor();
    const task = vendor.generate({ prompt: "[[fail:audio]]" });
    expect(vendor.record(task).data).toMatchObject({ successFlag: 0, response: null, completeTime: null });
    vendor.wait(1000);
    expect(vendor.record(task)).toMatchObject({
      code: 200,
      msg: "success",
      data: {
        successFlag: 3,
        response: null,
        errorCode: 400,
        errorMessage: "The Google model was unable to generate audio for this request.",
      },
    });
  });

  test("an upright take also has its uncropped original", () => {
    const vendor = new Vendor();
    expect(vendor.record(vendor.made({ aspect_ratio: "9:16" })).data.response.originUrls).toHaveLength(1);
  });

  test("times, lists and the failure can take every form that sources know", () => {
    const odd = new Vendor({
      timeFormat: "local",
      resultUrlsFormat: "jsonString",
      resultUrlsPlace: "data",
      responseAsString: true,
      errorMessageWhenOk: "empty",
    });
    const { data } = odd.record(odd.made());
    expect(data.createTime).toBe("2026-04-20 20:00:00");
    expect(JSON.parse(data.resultUrls)).toHaveLength(1);
    expect(JSON.parse(data.response)).not.toHaveProperty("resultUrls");
    expect(data.errorMessage).toBe("");

    const bracketed = new Vendor({ resultUrlsFormat: "bracketed", timeFormat: "iso" });
    const response = bracketed.record(bracketed.made()).data;
    expect(response.response.resultUrls).toMatch(/^\[http:.*\.mp4\]$/);
    expect(response.createTime).toBe("2026-04-20T12:00:00.000Z");

    const outer = new Vendor({ failureMode: "envelope" });
    const task = outer.made({ prompt: "[[fail:image-fetch]]" });
    expect(outer.record(task)).toMatchObject({ code: 451, data: null });
  });

  test.each([
    ["422", { code: 422, msg: "record is null" }],
    ["404", { code: 404 }],
    ["null-data", { code: 200, data: null }],
  ] as const)("a task is invisible for a while and then is not (%s)", (unknownTask, expected) => {
    const vendor = new Vendor({ visibilityGapMs: 5000, unknownTask });
    const task = vendor.generate();
    expect(vendor.record(task)).toMatchObject(expected);
    vendor.wait(6);
    expect(vendor.record(task).data.successFlag).toBe(0);
  });

  test("after 14 days neither the record nor an upgrade is to be had", () => {
    const vendor = new Vendor();
    const task = vendor.made();
    vendor.wait(14 * 86_400);
    const gone = { code: 422, msg: "Temporarily supports records within 14 days." };
    expect(vendor.record(task)).toMatchObject(gone);
    expect(vendor.call("get-4k-video", { taskId: task })).toMatchObject(gone);
  });
});

describe("prompt markers", () => {
  test("a failure marked `once` strikes the first purchase of a prompt only", () => {
    const vendor = new Vendor();
    const flags = [0, 1].map(
      () => vendor.record(vendor.made({ prompt: "storm [[fail:audio-once]]" })).data.successFlag,
    );
    expect(flags).toEqual([3, 1]);
  });

  test("stuck, empty, silent, after and refuse do what they say", () => {
    const vendor = new Vendor();
    const stuck = vendor.generate({ prompt: "[[stuck]]" });
    const slow = vendor.generate({ prompt: "[[after:900]]" });
    const empty = vendor.generate({ prompt: "[[empty]]" });
    const silent = vendor.made({ prompt: "[[silent]]" });
    expect(vendor.record(stuck).data.successFlag).toBe(0);
    expect(vendor.record(slow).data.successFlag).toBe(1);
    expect(vendor.record(empty).data).toMatchObject({ successFlag: 1, response: { resultUrls: [] } });
    expect(vendor.record(silent).data.response.hasAudioList).toEqual([false]);
    expect(vendor.call("generate", { prompt: "[[refuse:422]]" }).msg).toMatch(/^Your request was rejected by Flow\(/);
  });
});

describe("files", () => {
  const download = (vendor: Vendor, url: string) => {
    const { pathname, searchParams } = new URL(url);
    return vendor.send({ path: pathname, query: Object.fromEntries(searchParams), headers: {} });
  };

  test("a result needs no key, and is gone after its time", () => {
    const vendor = new Vendor({ fileDays: 1, goneStatus: 403 });
    const [url] = vendor.record(vendor.made()).data.response.resultUrls;
    expect(download(vendor, url)).toMatchObject({ status: 200, body: { mediaType: "video/mp4" } });
    vendor.wait(86_401);
    expect(download(vendor, url).status).toBe(403);
  });

  test("a fresh link works for 20 minutes, also where the plain address is forbidden", () => {
    const vendor = new Vendor({}, [{ endpoint: "file", fault: "forbidden" }]);
    const [url] = vendor.record(vendor.made()).data.response.resultUrls;
    expect(download(vendor, url).status).toBe(403);
    const link = vendor.call("download-url", { url }).data;
    expect(download(vendor, link).status).toBe(200);
    expect(download(vendor, link.replace(/.$/, "x")).status).toBe(403);
    vendor.wait(20 * 60);
    expect(download(vendor, link).status).toBe(403);
  });

  test("an address that is not the vendor's gives no link", () => {
    expect(new Vendor().call("download-url", { url: "https://example.com/a.mp4" })).toMatchObject({
      code: 422,
      msg: "url is wrong",
    });
  });
});
