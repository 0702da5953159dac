/** Differences of a result from prevResult: confirmed by the kernel, or not. */
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../cni/index.ts";
import {
  type ObservedChange,
  revertConfirmed,
  unreportedChanges,
} from "../../../conformance/clauses/confirmed-changes.ts";
import type { Link, NetState, Route } from "../../../conformance/node/net-state.ts";

const MAC = "02:00:00:00:00:01";
const NEW_MAC = "02:00:00:00:00:02";

function link(name: string, more: Partial<Link> = {}): Link {
  return {
    ...{ index: 2, name, mac: MAC, mtu: 1500, up: true, carrier: true, master: "", kind: "veth", peer: 0 },
    peerInOtherNamespace: false,
    ...more,
  };
}

function route(dst: string, gw: string, more: Partial<Route> = {}): Route {
  return {
    ...{ dst, gw, dev: "eth0", protocol: "boot", table: "main", scope: "global", metric: 0, mtu: 0, advmss: 0 },
    ...more,
  };
}

const BEFORE: NetState = {
  links: [link("eth0")],
  addresses: [{ link: "eth0", cidr: "10.0.0.2/24", scope: "global" }],
  routes: [route("0.0.0.0/0", "10.0.0.1"), route("10.0.0.0/24", "", { protocol: "kernel" })],
};
const NODE: NetState = { links: [link("veth1")], addresses: [], routes: [] };

function observed(inside: Partial<NetState>, node: NetState = NODE): ObservedChange {
  return { insideBefore: BEFORE, inside: { ...BEFORE, ...inside }, node };
}

const HOST = { name: "veth1", mac: MAC };
const CONTAINER = { name: "eth0", mac: MAC, sandbox: "/run/netns/a" };
const PREV: JsonObject = {
  cniVersion: "1.0.0",
  interfaces: [HOST, CONTAINER],
  ips: [{ address: "10.0.0.2/24", gateway: "10.0.0.1", interface: 1 }],
  routes: [{ dst: "0.0.0.0/0" }],
  dns: { nameservers: ["10.0.0.53"] },
};

describe("revertConfirmed", () => {
  test("a new MAC address and MTU that the kernel has", () => {
    const printed = { ...PREV, interfaces: [HOST, { ...CONTAINER, mac: NEW_MAC, mtu: 1400 }] };
    const change = observed({ links: [link("eth0", { mac: NEW_MAC, mtu: 1400 })] });
    expect(revertConfirmed(printed, PREV, change)).toEqual(PREV);
    expect(revertConfirmed(printed, PREV, observed({}))).toEqual(printed);
  });

  test("an entry for a new link, before the others, and the indices of the addresses", () => {
    const printed = {
      ...PREV,
      interfaces: [{ name: "ifb0" }, HOST, CONTAINER],
      ips: [{ address: "10.0.0.2/24", gateway: "10.0.0.1", interface: 2 }],
    };
    const change = observed({}, { ...NODE, links: [...NODE.links, link("ifb0")] });
    expect(revertConfirmed(printed, PREV, change)).toEqual(PREV);
    expect(revertConfirmed(printed, PREV, observed({}))).toEqual(printed);
  });

  test("added and removed addresses and routes", () => {
    const added = { address: "10.9.0.2/24", interface: 1 };
    const printed = { ...PREV, ips: [...(PREV.ips as JsonObject[]), added], routes: [] };
    const change = observed({
      addresses: [...BEFORE.addresses, { link: "eth0", cidr: "10.9.0.2/24", scope: "global" }],
      routes: [],
    });
    expect(revertConfirmed(printed, PREV, change)).toEqual(PREV);
    expect(revertConfirmed(printed, PREV, observed({}))).toEqual(printed);
  });

  test.each([
    ["dropped dns", { dns: {} }],
    ["a dropped gateway", { ips: [{ address: "10.0.0.2/24", interface: 1 }] }],
    ["a wrong index", { ips: [{ address: "10.0.0.2/24", gateway: "10.0.0.1", interface: 0 }] }],
    ["reordered interfaces", { interfaces: [CONTAINER, HOST] }],
    ["a dropped interface", { interfaces: [CONTAINER] }],
  ])("%s is never confirmed", (_, change) => {
    expect(revertConfirmed({ ...PREV, ...change }, PREV, observed({}))).not.toEqual(PREV);
  });
});

describe("unreportedChanges", () => {
  test("an unchanged kernel and a route that moved to another table need no report", () => {
    expect(unreportedChanges(PREV, observed({}))).toEqual([]);
    const moved = [route("0.0.0.0/0", "10.0.0.1", { table: "100" }), route("10.0.0.0/24", "", { table: "100" })];
    expect(unreportedChanges(PREV, observed({ routes: moved }))).toEqual([]);
  });

  test("added and removed addresses and routes", () => {
    const change = observed({
      addresses: [{ link: "eth0", cidr: "10.9.0.2/24", scope: "global" }],
      routes: [route("192.0.2.0/24", "10.0.0.9")],
    });
    expect(unreportedChanges(PREV, change)).toEqual([
      "the new address 10.9.0.2/24",
      "the removed address 10.0.0.2/24",
      "the new route to 192.0.2.0/24",
      "the removed route to 0.0.0.0/0",
    ]);
    const reported = { ...PREV, ips: [{ address: "10.9.0.2/24" }], routes: [{ dst: "192.0.2.0/24", gw: "10.0.0.9" }] };
    expect(unreportedChanges(reported, change)).toEqual([]);
  });
});
