import { describe, expect, test } from "vitest";
import {
  addressAt,
  addressOf,
  canonicalAddress,
  hasHostBits,
  inRange,
  ipFlag,
  isAddress,
  isCidr,
  isIpv6,
  isLoopback,
  partOf,
  prefixOf,
  smallestCommonRange,
} from "../../core/ip.ts";

describe("isAddress", () => {
  test.each(["0.0.0.0", "10.244.1.2", "::", "::1", "fd00:10:244::2", "2001:DB8::A", "::ffff:10.0.0.1", "::1.2.3.4"])(
    "accepts %s",
    (text) => {
      expect(isAddress(text)).toBe(true);
    },
  );

  test.each([
    ...["", "x", "10.0.0", "10.0.0.256", "10.0.0.1.2", " 10.0.0.1", "10.0.0.1/24"],
    ...["010.0.0.1", "0x7f.0.0.1", "2130706433"], // notations of inet_aton
    ...[":::", "1::2::3", "1:2:3:4:5:6:7", "12345::", "[::1]", "::1.2.3", "fe80::1%eth0", "fe80::1%1"],
  ])("rejects %j", (text) => {
    expect(isAddress(text)).toBe(false);
  });
});

test.each([
  ["10.1.0.2/24", true],
  ["10.1.0.2/0", true],
  ["fd00::1/128", true],
  ["10.1.0.2/33", false],
  ["fd00::1/129", false],
  ["fe80::1%eth0/64", false],
  ["10.1.0.2", false],
  ["10.1.0.2/", false],
  ["10.1.0.2/-1", false],
  ["10.1.0.2/24/24", false],
  ["10.1.0.2/255.255.255.0", false],
])("isCidr(%j) is %j", (text, valid) => {
  expect(isCidr(text)).toBe(valid);
});

test.each([
  ["10.0.0.1", false],
  ["10.0.0.0/24", false],
  ["::1", true],
  ["fd00::/64", true],
  ["::ffff:10.0.0.1", true],
  ["cafe", false],
])("isIpv6(%j) is %j", (text, ipv6) => {
  expect(isIpv6(text)).toBe(ipv6);
});

test("addressOf removes the prefix length", () => {
  expect([addressOf("10.1.0.2/24"), addressOf("fd00::2/64"), addressOf("10.1.0.2")]).toEqual([
    "10.1.0.2",
    "fd00::2",
    "10.1.0.2",
  ]);
});

test.each([
  ["10.1.0.2/24", "10.1.0.2/24"],
  ["FD00:0:0:0:0:0:0:1", "fd00::1"],
  ["fd00:0000::0001/64", "fd00::1/64"],
  ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"], // the first of two equally long runs
  ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"], // no run: one group of zeros
  ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
  ["::ffff:10.0.0.1", "::ffff:a00:1"],
  ["::1.2.3.4", "::102:304"],
  ["64:ff9b::192.0.2.33/96", "64:ff9b::c000:221/96"],
  ["fe80::1%eth0", "fe80::1%eth0"], // unchanged, because it is not an address
  ["", ""],
])("canonicalAddress(%j) is %j", (text, canonical) => {
  expect(canonicalAddress(text)).toBe(canonical);
});

test.each([
  ["10.1.0.2", "10.1.0.0/24", true],
  ["10.1.1.2", "10.1.0.0/24", false],
  ["10.1.0.9", "10.1.0.2/24", true], // host bits
  ["203.0.113.1", "0.0.0.0/0", true],
  ["10.1.0.2", "10.1.0.2/32", true],
  ["fd00::ffff", "fd00::/64", true],
  ["fd00:0:0:1::", "fd00::/64", false],
  ["fd00:8000::1", "fd00::/17", false],
  ["fd00:7fff::1", "fd00::/17", true],
  ["::1", "::/0", true],
  ["10.1.0.2", "::/0", false],
  ["::1", "0.0.0.0/0", false],
  ["::ffff:10.1.0.2", "10.1.0.0/24", false], // another family
  ["10.1.0.2", "::ffff:10.1.0.0/120", false],
  ["fe80::1%eth0", "fe80::/64", false],
  ["x", "10.1.0.0/24", false],
  ["10.1.0.2", "default", false],
])("inRange(%j, %j) is %j", (address, range, contained) => {
  expect(inRange(address, range)).toBe(contained);
});

test.each([
  ["10.1.0.0/24", false],
  ["10.1.0.1/24", true],
  ["10.1.128.0/17", false],
  ["10.1.64.0/17", true],
  ["10.1.0.1/32", false],
  ["0.0.0.0/0", false],
  ["fd00:10:244::/48", false],
  ["fd00:10:244:0:8000::/65", false],
  ["fd00:10:244:0:4000::/65", true],
  ["fd00::1/127", true],
  ["::/0", false],
])("hasHostBits(%j) is %j", (range, host) => {
  expect(hasHostBits(range)).toBe(host);
});

test("prefixOf returns the prefix length", () => {
  expect([prefixOf("10.1.0.2/24"), prefixOf("fd00::/0")]).toEqual([24, 0]);
  expect(() => prefixOf("10.1.0.2")).toThrow(RangeError);
});

describe("addressAt", () => {
  test.each<[string, number | bigint, string]>([
    ["10.244.1.0/24", 1, "10.244.1.1"],
    ["10.244.1.0/24", -1, "10.244.1.255"],
    ["10.244.32.0/20", -2, "10.244.47.254"],
    ["10.244.1.7/24", 0, "10.244.1.0"],
    ["fd00:10:244:1::/64", 0xffff, "fd00:10:244:1::ffff"],
    ["fd00:10:244:1::/64", -1, "fd00:10:244:1:ffff:ffff:ffff:ffff"],
    ["fd00::/48", 2n ** 64n, "fd00:0:0:1::"],
    ["::/0", -1, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ])("address %2$j of %1$s", (range, index, address) => {
    expect(addressAt(range, index)).toBe(address);
  });

  test.each([
    ["10.244.1.0/24", 256],
    ["10.244.1.0/24", -257],
    ["10.244.1.1/32", 1],
    ["fd00::%eth0/64", 1],
    ["x", 0],
  ])("%s has no address %j", (range, index) => {
    expect(() => addressAt(range, index)).toThrow(RangeError);
  });
});

describe("partOf", () => {
  test.each([
    ["10.244.0.0/16", 24, 1, "10.244.1.0/24"],
    ["10.244.0.0/16", 20, 2, "10.244.32.0/20"],
    ["10.244.0.0/16", 20, 16, "10.244.0.0/20"],
    ["10.244.0.0/16", 16, 5, "10.244.0.0/16"],
    ["fd00:10:244::/48", 64, 16, "fd00:10:244:10::/64"],
  ])("part of %s of length /%i at %i is %s", (range, prefix, index, part) => {
    expect(partOf(range, prefix, index)).toBe(part);
  });

  test.each([20, 21, 22, 23, 24])("sixteen nodes have disjoint /%i ranges", (prefix) => {
    const parts = Array.from({ length: 16 }, (_, i) => partOf("10.244.0.0/16", prefix, i + 1));
    const overlaps = parts.flatMap((part, i) => parts.slice(i + 1).filter((other) => inRange(addressOf(other), part)));
    expect(new Set(parts).size).toBe(16);
    expect(overlaps).toEqual([]);
    expect(parts.every((part) => inRange(addressOf(part), "10.244.0.0/16"))).toBe(true);
  });

  test.each([
    ["10.244.0.0/16", 8],
    ["10.244.0.0/16", 33],
    ["unknown", 24],
  ])("%s has no part of length /%i", (range, prefix) => {
    expect(() => partOf(range, prefix, 1)).toThrow(RangeError);
  });
});

test.each([
  [["10.244.0.0/24"], "10.244.0.0/24"],
  [["10.244.1.0/24", "10.244.2.0/24"], "10.244.0.0/22"],
  [["10.244.0.0/16", "10.244.7.0/24"], "10.244.0.0/16"],
  [["10.0.0.0/8", "192.168.0.0/16"], "0.0.0.0/0"],
  [["fd00:0:0:1::/64", "fd00:0:0:2::/64"], "fd00::/62"],
])("smallestCommonRange(%j) is %s", (ranges, range) => {
  expect(smallestCommonRange(ranges)).toBe(range);
});

test("ipFlag returns the flag of the address family", () => {
  expect([ipFlag("10.244.1.2"), ipFlag("fd00:10:244:1::2"), ipFlag("::ffff:10.0.0.1")]).toEqual(["-4", "-6", "-6"]);
});

test("isLoopback accepts addresses of the host itself", () => {
  expect(["127.0.0.1/8", "127.1.2.3", "::1/128"].map(isLoopback)).toEqual([true, true, true]);
  expect(["10.0.0.1/8", "fe80::1/64", "", "127"].map(isLoopback)).toEqual([false, false, false, false]);
});
