/** What `Chance.token` makes, and so what names an intent. */
const TOKEN = /^[0-9a-f]{32}$/;

/**
 * Where the vendor is asked to tell the end of what one intent buys: the author's address with the intent's token as
 * its last step. A path goes through proxies and tunnels as it is, and a query of the author's own stays one.
 *
 * @param publicUrl - absolute, without fragment; may have a path and a query
 */
export function callbackAddress(publicUrl: string, token: string): string {
  const url = new URL(publicUrl);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/${token}`;
  return url.href;
}

/**
 * The token in the address of a request, whatever path a proxy has taken away or put before it.
 *
 * @param target - path and query as they came over the wire
 */
export function tokenIn(target: string): string | undefined {
  const [path = ""] = target.split(/[?#]/, 1);
  const last = path.slice(path.lastIndexOf("/") + 1);
  return TOKEN.test(last) ? last : undefined;
}
