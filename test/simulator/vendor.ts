import { advance, markRendered } from "../../src/simulator/advance.ts";
import { answer } from "../../src/simulator/answer.ts";
import { ENDPOINTS, type Endpoint } from "../../src/simulator/endpoint.ts";
import type { Callback, Reply, SimulatorRequest, Step } from "../../src/simulator/exchange.ts";
import { type FaultRule, planFaults } from "../../src/simulator/faults.ts";
import { SIMULATED_PRICES } from "../../src/simulator/price.ts";
import { balanceOf, emptyState, type State } from "../../src/simulator/state.ts";
import type { Switches } from "../../src/simulator/switches.ts";

export const ORIGIN = "http://127.0.0.1:9999";

export interface Envelope {
  readonly code: number;
  readonly msg: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly data: any;
  readonly success?: boolean;
}

/** The pure core with a clock that only moves when told to. Clips are there at once. */
export class Vendor {
  state: State;
  now = Date.UTC(2026, 3, 20, 12);
  readonly callbacks: Callback[] = [];
  last: Step | undefined;

  constructor(switches: Partial<Switches> = {}, faults: readonly FaultRule[] = [], balance = 10_000) {
    this.state = emptyState({
      seed: 7,
      plan: planFaults(switches, faults),
      prices: SIMULATED_PRICES,
      speed: 1,
      balance,
    });
  }

  get balance(): number {
    return balanceOf(this.state);
  }

  wait(seconds: number): void {
    this.now += seconds * 1000;
    const passed = advance(this.state, this.now, ORIGIN);
    this.state = passed.state;
    for (const effect of passed.effects) if (effect.do === "call-back") this.callbacks.push(effect.callback);
  }

  send(request: Partial<SimulatorRequest> & Pick<SimulatorRequest, "path">): Reply {
    const headers = { authorization: "Bearer any-key", "user-agent": "Mozilla/5.0 test" };
    const step = answer(this.state, { method: "GET", query: {}, headers, body: "", ...request }, this.now, ORIGIN);
    this.last = step;
    this.state = step.state;
    for (const effect of step.effects) {
      if (effect.do === "render") this.state = markRendered(this.state, effect.job);
      if (effect.do === "call-back") this.callbacks.push(effect.callback);
    }
    return step.reply;
  }

  /** Calls an endpoint with a query (GET) or a JSON body (POST). */
  call(endpoint: Endpoint, content: Readonly<Record<string, unknown>> = {}): Envelope {
    const { method, path } = ENDPOINTS[endpoint];
    const given =
      method === "GET" ? { query: content as Readonly<Record<string, string>> } : { body: JSON.stringify(content) };
    const { body } = this.send({ method, path, ...given });
    if (typeof body !== "string") throw new Error(`${endpoint} answered with a file`);
    return JSON.parse(body);
  }

  generate(content: Readonly<Record<string, unknown>> = {}): string {
    const { data } = this.call("generate", { prompt: "A lighthouse", model: "veo3_fast", ...content });
    return data.taskId;
  }

  /** A finished take. */
  made(content: Readonly<Record<string, unknown>> = {}): string {
    const task = this.generate(content);
    this.wait(1000);
    return task;
  }

  record(taskId: string): Envelope {
    return this.call("record-info", { taskId });
  }
}
