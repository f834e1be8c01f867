import { createHash } from "node:crypto";
import { credit, downloadUrl } from "./account.ts";
import { advance } from "./advance.ts";
import { refusal, tooOften, windowIsFull } from "./create.ts";
import { drawHex } from "./draw.ts";
import { ENDPOINTS, type Endpoint, endpointAt, type Target } from "./endpoint.ts";
import type { Asked, Call, Delivery, Reply, Said, SimulatorRequest, Step } from "./exchange.ts";
import { extend } from "./extend.ts";
import { faultFor } from "./faults.ts";
import { generate } from "./generate.ts";
import { recordInfo } from "./record-info.ts";
import { serveFile } from "./result-file.ts";
import { applyFact, type State } from "./state.ts";
import { get4k, get1080p } from "./upgrade.ts";
import { uploadBase64, uploadStream, uploadUrl } from "./upload.ts";

const HANDLERS: Readonly<Record<Endpoint, (asked: Asked) => Said>> = {
  generate,
  extend,
  "record-info": recordInfo,
  "get-1080p-video": get1080p,
  "get-4k-video": get4k,
  credit,
  "download-url": downloadUrl,
  "file-base64-upload": uploadBase64,
  "file-stream-upload": uploadStream,
  "file-url-upload": uploadUrl,
};

/**
 * The vendor, as a pure function: one request in, the answer and the next state out.
 *
 * @param now - epoch milliseconds; time has passed since the last call, so jobs may end first
 * @param origin - how the client called this server, `http://host:port`: addresses in answers begin with it
 */
export function answer(state: State, request: SimulatorRequest, now: number, origin: string): Step {
  const before = advance(state, now, origin);
  const endpoint = endpointAt(request.path);
  const target: Target = endpoint ?? "file";
  const counted = count(before.state, target);
  const nth = {
    ofTarget: counted.counts.get(target) ?? 1,
    ofAll: [...counted.counts.values()].reduce((a, b) => a + b),
  };
  const fault = faultFor(counted.plan, counted.seed, target, nth);
  const asked = { state: counted, request, now, origin, fault };
  const step = endpoint ? atTheDoor({ ...asked, endpoint, key: "" }) : atTheFiles(asked);
  return { ...step, facts: [...before.facts, ...step.facts], effects: [...before.effects, ...step.effects] };
}

function count(state: State, target: Target): State {
  return { ...state, counts: new Map(state.counts).set(target, (state.counts.get(target) ?? 0) + 1) };
}

function atTheDoor(asked: Asked): Step {
  const { state, fault, endpoint, now } = asked;
  const struck = fault === undefined ? undefined : beforeAnything(asked, fault);
  const said = struck?.said ?? handle(asked);
  const facts = said.facts ?? [];
  const changed = facts.reduce(applyFact, usePlace(state, said, asked));
  const warned = said.warning ? { ...changed, warnings: [...changed.warnings, said.warning] } : changed;
  const reply = struck?.reply ?? damage(envelope(asked, said), asked, said);
  const call: Call = {
    target: endpoint,
    at: now,
    task: said.task,
    prompt: said.prompt,
    code: said.code,
    status: reply.status,
    message: said.msg,
    bought: facts.some((fact) => fact.fact === "bought"),
    fault,
  };
  return { state: warned, reply, effects: said.effects ?? [], facts, call };
}

/** A call that got through the window and was then refused for want of credits has used its place all the same. */
function usePlace(state: State, said: Said, asked: Asked): State {
  const everyCall = state.plan.switches.rateCounts === "all" && said.code !== 429 && !said.facts;
  if (!said.usedPlace && !everyCall) return state;
  return { ...state, starts: [...state.starts, { key: keyName(bearer(asked.request) ?? ""), at: asked.now }] };
}

/** Key first, then whether this is open at all, then the endpoint's own checks. */
function handle(asked: Asked): Said {
  const { state, request, endpoint, now } = asked;
  const { switches } = state.plan;
  const { host, method } = ENDPOINTS[endpoint];
  const agent = (request.headers["user-agent"] ?? "").toLowerCase();
  const isBare = switches.bareUserAgents.some((bare) => (bare === "" ? agent === "" : agent.startsWith(bare)));
  if (host === "upload" && isBare) return { code: 403, msg: "error code: 1010" };
  const sent = bearer(request);
  if (sent === undefined || switches.badKeys.includes(sent)) return refuseKey(host, sent);
  const key = keyName(sent);
  if (request.method !== method) return { code: 405, msg: "Method Not Allowed", data: null };
  if (switches.maintenance) return refusal(455);
  if (switches.disabled.includes(endpoint)) return refusal(505);
  if (switches.rateCounts === "all" && windowIsFull(state, key, now)) return tooOften(state);
  return HANDLERS[endpoint]({ ...asked, key });
}

function bearer(request: SimulatorRequest): string | undefined {
  return /^Bearer\s+(\S+)$/i.exec(request.headers["authorization"] ?? "")?.[1];
}

/** What stands for a key wherever it is kept: a real one might be sent here by mistake, and journals are plain files. */
function keyName(key: string): string {
  return createHash("sha256").update(key).digest("hex").slice(0, 12);
}

function refuseKey(host: "api" | "upload", key: string | undefined): Said {
  if (host === "upload") return { code: 401, msg: "Authentication failed: Invalid API Key" };
  if (key === undefined) return refusal(401);
  return refusal(401, "Unauthorized – Authentication failed. Please check your API key.");
}

/** Faults that strike before the request does anything. */
function beforeAnything(asked: Asked, fault: string): { readonly said: Said; readonly reply?: Reply } | undefined {
  const lost = (delivery: Delivery) => ({
    said: { code: 0, msg: fault },
    reply: { status: 0, headers: {}, body: "", delivery },
  });
  if (fault === "reset-before") return lost("reset");
  if (fault === "hang-before") return lost("hang");
  const gateway = /^html-(\d{3})$/.exec(fault)?.[1];
  if (gateway) return { said: { code: Number(gateway), msg: fault }, reply: gatewayPage(Number(gateway)) };
  const code = /^code-(\d{3})$/.exec(fault)?.[1];
  if (!code) return undefined;
  return { said: code === "429" ? tooOften(asked.state) : refusal(Number(code)) };
}

/** Faults that strike the answer after all has been done. */
function damage(reply: Reply, asked: Asked, said: Said): Reply {
  const { fault } = asked;
  const body = typeof reply.body === "string" ? reply.body : "";
  const rewrite = (data: Record<string, unknown>) => ({ ...reply, body: JSON.stringify(data) });
  switch (fault) {
    case "reset-after":
      return { ...reply, delivery: "reset" };
    case "hang-after":
      return { ...reply, delivery: "hang" };
    case "truncated-json":
      return { ...reply, body: body.slice(0, Math.floor(body.length / 2)) };
    case "empty-body":
      return { ...reply, body: "" };
    case "no-code":
      return rewrite({ msg: said.msg, data: said.data });
    case "no-task-id":
      return rewrite({ code: said.code, msg: said.msg, data: {} });
    case "code-500-after":
      return envelope(asked, refusal(500));
    default: {
      const gateway = /^html-(\d{3})-after$/.exec(fault ?? "")?.[1];
      return gateway ? gatewayPage(Number(gateway)) : reply;
    }
  }
}

function gatewayPage(status: number): Reply {
  const body = `<html>\r\n<head><title>${status}</title></head>\r\n<body><center><h1>${status}</h1></center><hr><center>cloudflare</center></body>\r\n</html>\r\n`;
  return {
    status,
    headers: { "content-type": "text/html; charset=UTF-8", server: "cloudflare" },
    body,
    delivery: "whole",
  };
}

/** `{code, msg, data}` under the headers that the vendor's gateway was seen to send; never a rate-limit header. */
function envelope(asked: Asked, said: Said): Reply {
  const { state, endpoint, now } = asked;
  const { switches } = state.plan;
  const onUploadHost = ENDPOINTS[endpoint].host === "upload";
  const ray = drawHex(state.seed, `ray ${now} ${[...state.counts.values()].join()}`, 16);
  const headers: Record<string, string> = {
    "content-type": "application/json;charset=UTF-8",
    "cf-ray": `${ray}-SIM`,
    "cf-cache-status": "DYNAMIC",
    server: "cloudflare",
    "set-cookie": `JSESSIONID=${drawHex(state.seed, `session ${now}`, 32).toUpperCase()}; Path=/; HttpOnly`,
  };
  if (onUploadHost && said.code === 403) {
    return { status: 403, headers: { ...headers, "content-type": "text/plain" }, body: said.msg, delivery: "whole" };
  }
  if (said.code === 429 && switches.retryAfterSeconds !== null)
    headers["retry-after"] = `${switches.retryAfterSeconds}`;
  const data = "data" in said ? { data: said.data } : {};
  const content = onUploadHost
    ? { success: said.code === 200, code: said.code, msg: said.msg, ...data }
    : { code: said.code, msg: said.msg, ...data };
  const status = onUploadHost || said.code === 405 ? said.code : httpStatus(said.code, switches.httpStatusMode);
  return { status, headers, body: JSON.stringify(content), delivery: "whole" };
}

function httpStatus(code: number, mode: State["plan"]["switches"]["httpStatusMode"]): number {
  if (mode === "mirrorBodyCode") return code;
  return mode === "docs" && code === 429 ? 429 : 200;
}

const FILE_FAULTS: Readonly<Record<string, Delivery>> = {
  "reset-before": "reset",
  "reset-after": "reset",
  "hang-before": "hang",
  "hang-after": "hang",
  "slow-file": "slow",
  "truncated-file": "truncated",
};

function atTheFiles(asked: Omit<Asked, "endpoint" | "key">): Step {
  const { state, request, now, fault } = asked;
  const served = serveFile(asked);
  const gateway = /^html-(\d{3})/.exec(fault ?? "")?.[1];
  const html = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>";
  const plain: Reply = {
    ...served,
    headers: { "content-type": typeof served.body === "string" ? "text/plain" : served.body.mediaType },
    delivery: FILE_FAULTS[fault ?? ""] ?? "whole",
  };
  const reply = gateway
    ? gatewayPage(Number(gateway))
    : fault === "html-file"
      ? { ...plain, status: 200, headers: { "content-type": "text/html; charset=UTF-8" }, body: html }
      : plain;
  const call: Call = {
    target: "file",
    at: now,
    task: undefined,
    prompt: undefined,
    code: reply.status,
    status: reply.status,
    message: request.path,
    bought: false,
    fault,
  };
  return { state, reply, effects: [], facts: [], call };
}
