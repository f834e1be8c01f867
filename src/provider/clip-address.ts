import { isLoopbackHost, isPrivateHost } from "../world/public-address.ts";

export interface ClipAllowance {
  /** whether files may lie on this machine: only when the API itself does, as the simulator's do */
  readonly loopback: boolean;
  /** largest file that is taken; default 2 GiB */
  readonly mostBytes?: number;
}

export type ClipAddress =
  | { readonly ok: true; readonly url: URL; readonly publicOnly: boolean }
  | { readonly ok: false; readonly why: string };

/**
 * Whether a file may be fetched from an address. The vendor names the addresses, and redirects name more: none of them
 * may lead to a machine inside our own network.
 */
export function judgeAddress(address: string, base: URL | undefined, allow: ClipAllowance): ClipAddress {
  if (!URL.canParse(address, base?.href)) return { ok: false, why: "the address cannot be read" };
  const url = new URL(address, base);
  if (url.protocol !== "https:" && url.protocol !== "http:")
    return { ok: false, why: `${url.protocol} is no web address` };
  if (url.username !== "" || url.password !== "") return { ok: false, why: "the address carries a password" };
  if (allow.loopback && isLoopbackHost(url.hostname)) return { ok: true, url, publicOnly: false };
  if (url.protocol !== "https:") return { ok: false, why: `${url.origin} is not https` };
  if (isPrivateHost(url.hostname)) return { ok: false, why: `${url.hostname} is no public address` };
  return { ok: true, url, publicOnly: true };
}
