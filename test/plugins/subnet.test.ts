import { expect, test } from "vitest";
import { subnetOf } from "../../plugins/subnet.ts";

test.each([
  ["10.244.1.0/24", { address: "10.244.1.0", first: "10.244.1.1", last: "10.244.1.254" }],
  ["10.244.32.0/20", { address: "10.244.32.0", first: "10.244.32.1", last: "10.244.47.254" }],
  ["10.244.0.0/16", { address: "10.244.0.0", first: "10.244.0.1", last: "10.244.255.254" }],
])("the parts of %s", (cidr, parts) => {
  expect(subnetOf(cidr)).toEqual(parts);
});

test.each(["10.244.1.0/20", "10.244.1.0/25", "10.0.0.0/8", "10.244.1.7/24", "fd00::/64", "x"])(
  "%s is refused",
  (cidr) => {
    expect(() => subnetOf(cidr)).toThrow(`a node's pod range must be an IPv4 range from a /16 to a /24, not ${cidr}`);
  },
);
