import { BlockList, isIP } from "node:net";

/** Networks that no file of the vendor's can lie in. @see IANA special-purpose address registries, RFC 6890 */
const NOT_PUBLIC: readonly (readonly [network: string, bits: number, family: "ipv4" | "ipv6"])[] = [
  ["0.0.0.0", 8, "ipv4"], // this network
  ["10.0.0.0", 8, "ipv4"],
  ["100.64.0.0", 10, "ipv4"], // carrier-grade NAT
  ["127.0.0.0", 8, "ipv4"],
  ["169.254.0.0", 16, "ipv4"], // link-local, where clouds keep their machines' credentials
  ["172.16.0.0", 12, "ipv4"],
  ["192.0.0.0", 24, "ipv4"],
  ["192.0.2.0", 24, "ipv4"], // documentation
  ["192.168.0.0", 16, "ipv4"],
  ["198.18.0.0", 15, "ipv4"], // benchmarks
  ["198.51.100.0", 24, "ipv4"],
  ["203.0.113.0", 24, "ipv4"],
  ["224.0.0.0", 3, "ipv4"], // multicast, reserved, broadcast
  ["::", 96, "ipv6"], // unspecified, ::1, IPv4 in its oldest clothing
  ["64:ff9b::", 96, "ipv6"], // NAT64 reaches any IPv4 address
  ["64:ff9b:1::", 48, "ipv6"],
  ["100::", 64, "ipv6"], // discard
  ["2001::", 23, "ipv6"], // Teredo and protocol assignments
  ["2001:db8::", 32, "ipv6"], // documentation
  ["2002::", 16, "ipv6"], // 6to4 reaches any IPv4 address
  ["fc00::", 7, "ipv6"], // unique local
  ["fe80::", 10, "ipv6"], // link-local
  ["fec0::", 10, "ipv6"], // site-local, given up but still routed inside
  ["ff00::", 8, "ipv6"], // multicast
];

const notPublic = new BlockList();
for (const [network, bits, family] of NOT_PUBLIC) notPublic.addSubnet(network, bits, family);

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** Whether an IP address belongs to the open internet; false for what is no IP address at all. */
export function isPublicAddress(address: string): boolean {
  const bare = withoutZone(address);
  const version = isIP(bare);
  // An IPv4 address mapped into IPv6 is judged by the IPv4 rules: BlockList looks through the mapping.
  return version !== 0 && !notPublic.check(bare, version === 6 ? "ipv6" : "ipv4");
}

/** Whether a URL's hostname names this machine by itself, without asking DNS. */
export function isLoopbackHost(hostname: string): boolean {
  const bare = hostOf(hostname);
  const version = isIP(bare);
  if (version === 0) return bare === "localhost" || bare.endsWith(".localhost");
  return loopback.check(bare, version === 6 ? "ipv6" : "ipv4");
}

/** Whether a URL's hostname can be told to be private without asking DNS. */
export function isPrivateHost(hostname: string): boolean {
  const bare = hostOf(hostname);
  if (isIP(bare) !== 0) return !isPublicAddress(bare);
  return isLoopbackHost(bare) || /\.(local|internal|lan|home\.arpa)$/.test(bare) || !bare.includes(".");
}

/** `[::1]` and `LOCALHOST.` as they are compared. */
function hostOf(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "");
}

function withoutZone(address: string): string {
  return address.replace(/%.*$/, "");
}
