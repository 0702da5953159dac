import { expect, test } from "vitest";
import { subnetOf } from "../../plugins/subnet.ts";

test.each([
  ["10.244.1.0/24", { address: "10.244.1.0", firstHost: "10.244.1.1", lastHost: "10.244.1.254" }],
  ["10.244.32.0/20", { address: "10.244.32.0", firstHost: "10.244.32.1", lastHost: "10.244.47.254" }],
  ["10.244.0.0/16", { address: "10.244.0.0", firstHost: "10.244.0.1", lastHost: "10.244.255.254" }],
])("parts of %s", (cidr, parts) => {
  expect(subnetOf(cidr)).toEqual(parts);
});

test.each(["10.244.1.0/20", "10.244.1.0/25", "10.0.0.0/8", "10.244.1.7/24", "fd00::/64", "x"])(
  "%s is rejected",
  (cidr) => {
    expect(() => subnetOf(cidr)).toThrow(new RegExp(`invalid pod range .*${cidr}`));
  },
);
