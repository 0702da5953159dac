import { expect, test } from "vitest";
import { podRangeOfNodes } from "../../../clusters/kubeconfig/pod-range.ts";

const nodes = (...ranges: string[]): { name: string; podCidr: string }[] =>
  ranges.map((podCidr, i) => ({ name: `n${i + 1}`, podCidr }));

test.each([
  [["10.244.0.0/24"], "10.244.0.0/24"],
  [["10.244.0.0/24", "10.244.1.0/24"], "10.244.0.0/23"],
  [["10.244.1.0/24", "10.244.2.0/24"], "10.244.0.0/22"],
  [["10.0.255.0/24", "10.1.0.0/24"], "10.0.0.0/15"],
  [["10.0.0.0/8", "192.168.0.0/16"], "0.0.0.0/0"],
])("the smallest range over %j is %s", (ranges, range) => {
  expect(podRangeOfNodes(nodes(...ranges))).toBe(range);
});

test.each(["", "fd00::/64"])("a node with the range %j is reported", (range) => {
  expect(() => podRangeOfNodes(nodes("10.244.0.0/24", range))).toThrow(/^node n2 .*spec\.podCIDR/);
});
