import { expect, test } from "vitest";
import { isLoopbackHost, isPrivateHost, isPublicAddress } from "../../src/world/public-address.ts";

test.each([
  ["8.8.8.8", true],
  ["104.16.132.229", true],
  ["2606:4700::6810:84e5", true],
  ["::ffff:8.8.8.8", true],
  ["10.1.2.3", false],
  ["172.31.255.255", false],
  ["192.168.1.1", false],
  ["169.254.169.254", false],
  ["100.64.0.1", false],
  ["127.0.0.1", false],
  ["0.0.0.0", false],
  ["255.255.255.255", false],
  ["::1", false],
  ["::", false],
  ["fe80::1%eth0", false],
  ["fd00::1", false],
  ["::ffff:10.0.0.1", false],
  ["64:ff9b::7f00:1", false],
  ["example.org", false],
])("the address %s is public: %s", (address, isPublic) => {
  expect(isPublicAddress(address)).toBe(isPublic);
});

test("this machine is known by its names and numbers", () => {
  for (const host of ["localhost", "LOCALHOST.", "api.localhost", "127.9.9.9", "[::1]"]) {
    expect(isLoopbackHost(host), host).toBe(true);
  }
  for (const host of ["api.kie.ai", "localhost.example", "10.0.0.1"]) expect(isLoopbackHost(host), host).toBe(false);
});

test("a host can be private by its name alone", () => {
  for (const host of ["printer", "nas.local", "metadata.internal", "[fd00::1]", "10.0.0.1"]) {
    expect(isPrivateHost(host), host).toBe(true);
  }
  for (const host of ["tempfile.aiquickdraw.com", "8.8.8.8"]) expect(isPrivateHost(host), host).toBe(false);
});
