import { expect, test } from "vitest";
import { changedSettings } from "../../../conformance/node/kernel-settings.ts";

const CONF = "/proc/sys/net/ipv4/conf";
const BEFORE = new Map([
  [`${CONF}/default/proxy_arp`, "0"],
  ["/proc/sys/net/core/somaxconn", "4096"],
  ["/proc/sys/net/ipv4/ip_forward", "0"],
]);

test("changed settings have their previous values", () => {
  const after = new Map([...BEFORE, ["/proc/sys/net/core/somaxconn", "500"]]);
  expect(changedSettings(BEFORE, after)).toEqual([{ path: "/proc/sys/net/core/somaxconn", before: "4096" }]);
});

test("settings of a new link are compared with the default", () => {
  const after = new Map([...BEFORE, [`${CONF}/veth1/proxy_arp`, "1"], [`${CONF}/veth2/proxy_arp`, "0"]]);
  expect(changedSettings(BEFORE, after)).toEqual([{ path: `${CONF}/veth1/proxy_arp`, before: "0" }]);
});

test("settings that the kernel disables for a new link are omitted", () => {
  const dad = "/proc/sys/net/ipv6/conf/default/accept_dad";
  const withDefault = new Map([...BEFORE, [dad, "1"]]);
  const at = (value: string): Map<string, string> => new Map([...withDefault, [dad.replace("default", "ifb0"), value]]);
  expect(changedSettings(withDefault, at("-1"))).toEqual([]);
  expect(changedSettings(withDefault, at("0"))).toHaveLength(1);
});

test("forwarding, and settings without a previous value or default, are omitted", () => {
  const after = new Map([
    ...BEFORE,
    ["/proc/sys/net/ipv4/ip_forward", "1"],
    [`${CONF}/veth1/forwarding`, "1"],
    ["/proc/sys/net/netfilter/new", "1"],
  ]);
  expect(changedSettings(BEFORE, after)).toEqual([]);
});
