import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { openProvider } from "../../src/provider/open-provider.ts";
import type { Provider } from "../../src/provider/provider.ts";
import { openClock } from "../../src/world/system-clock.ts";
import { openHttp } from "../../src/world/undici-http.ts";

/** Looks like a real one, so that a search for it in outcomes means something. */
export const KEY = "a94f0b7c6d1e4f3298bb51d0c7aa3e6f";

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Told {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** an object goes out as JSON */
  readonly body?: unknown;
}

type AtEnd = (close: () => Promise<void>) => void;
export type Answer = (seen: Seen) => Told | ((response: ServerResponse) => void);

/** A vendor on loopback that answers as a test says, and the real provider before it. */
export async function openVendor(atEnd: AtEnd, answer: Answer) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const url = new URL(request.url ?? "/", "http://vendor");
      const one: Seen = {
        method: request.method ?? "",
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        headers: request.headers,
        body: Buffer.concat(pieces).toString("latin1"),
      };
      seen.push(one);
      const told = answer(one);
      if (typeof told === "function") return void told(response);
      const body = typeof told.body === "string" ? told.body : JSON.stringify(told.body ?? {});
      response.writeHead(told.status ?? 200, { "content-type": "application/json;charset=UTF-8", ...told.headers });
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  const clock = openClock();
  const http = openHttp(clock);
  const provider: Provider = openProvider({ apiUrl: origin, uploadUrl: origin, key: KEY }, { http, clock });
  atEnd(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await http.close();
  });
  return { provider, origin, seen, http, clock };
}

/** A vendor whose answer can be changed from case to case, for tables with many rows. */
export async function openScriptedVendor(atEnd: AtEnd) {
  let next: ReturnType<Answer> = {};
  const vendor = await openVendor(atEnd, () => next);
  return {
    ...vendor,
    tell(told: ReturnType<Answer>) {
      next = told;
    },
  };
}
