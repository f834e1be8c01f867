import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Studio } from "./studio.ts";

/**
 * A line between the program and the studio's vendor that tells some answers otherwise.
 *
 * @param alter - the body to tell for a path and the vendor's own; undefined: as it is
 * @param answer - what is told without asking the vendor at all; undefined: it is asked
 * @returns the line's address, for KIE_API_URL
 */
export async function openLine(
  onTestFinished: (tidy: () => Promise<void>) => void,
  studio: Pick<Studio, "vendor">,
  {
    alter,
    answer,
  }: { alter?: (path: string, body: string) => string | undefined; answer?: (path: string) => string | undefined },
): Promise<string> {
  const server = createServer(async (request, response) => {
    const { url = "/", method = "GET", headers } = request;
    const body: Buffer[] = [];
    for await (const chunk of request) body.push(chunk as Buffer);
    response.setHeader("content-type", "application/json");
    const own = answer?.(url);
    if (own !== undefined) return void response.end(own);
    const vendor = await fetch(studio.vendor.origin + url, {
      method,
      headers: { authorization: headers.authorization ?? "", "content-type": headers["content-type"] ?? "" },
      ...(body.length > 0 ? { body: Buffer.concat(body) } : {}),
    });
    const text = await vendor.text();
    response.statusCode = vendor.status;
    response.end(alter?.(url, text) ?? text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
