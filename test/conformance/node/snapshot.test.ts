import { expect, test } from "vitest";
import { formatForwardingEntry } from "../../../conformance/node/snapshot.ts";

test.for([
  ["a permanent entry", "0a:58:0a:f4:00:01 dev cni0 vlan 1 master cni0 permanent", true],
  ["an entry that a bridge learned", "0a:58:0a:f4:00:02 dev veth1 master cni0", false],
  ["the group of an IPv6 address", "33:33:ff:9b:e2:a8 dev eth0 self permanent", false],
  ["the group of all IPv4 hosts", "01:00:5e:00:00:01 dev eth0 self permanent", false],
] as const)("%s is part of a snapshot: %s", ([, line, isKept]) => {
  expect(formatForwardingEntry(line)).toBe(isKept ? `fdb ${line}` : null);
});
