import { expect, test } from "vitest";
import { createdObjects } from "../../../conformance/node/created-objects.ts";
import type { FullNetState, Link, Route } from "../../../conformance/node/net-state.ts";

const LINK: Link = {
  ...{ index: 1, name: "lo", mac: "", mtu: 65536, up: true, carrier: true, master: "", kind: "", peer: 0 },
  peerInOtherNamespace: false,
};
const ROUTE: Route = {
  ...{ dst: "0.0.0.0/0", gw: "10.0.0.1", dev: "eth0", protocol: "boot", table: "main", scope: "global" },
  ...{ metric: 0, mtu: 0, advmss: 0 },
};
const BEFORE: FullNetState = {
  links: [LINK],
  addresses: [{ link: "lo", cidr: "127.0.0.1/8", scope: "host" }],
  routes: [ROUTE],
  rules: { ipv4: [], ipv6: [] },
  neighbors: ["10.0.0.9 dev eth0 proxy"],
};

test("objects are new if the kernel did not have them, whatever their other attributes are", () => {
  const eth0 = { ...LINK, index: 7, name: "eth0", kind: "veth" };
  const after: FullNetState = {
    ...BEFORE,
    links: [{ ...LINK, mtu: 1500 }, eth0],
    addresses: [...BEFORE.addresses, { link: "eth0", cidr: "127.0.0.1/8", scope: "host" }],
    routes: [
      { ...ROUTE, mtu: 1400 },
      { ...ROUTE, metric: 5 },
      { ...ROUTE, table: "100" },
    ],
    neighbors: [...BEFORE.neighbors, "10.0.0.2 dev eth0 lladdr 02:00:00:00:00:01"],
  };
  const created = createdObjects(BEFORE, after);
  expect(created.links).toEqual([eth0]);
  expect(created.addresses.map(({ link }) => link)).toEqual(["eth0"]);
  expect(created.routes).toEqual([
    { ...ROUTE, metric: 5 },
    { ...ROUTE, table: "100" },
  ]);
  expect(created.neighbors).toEqual(["10.0.0.2 dev eth0 lladdr 02:00:00:00:00:01"]);
});

test("a link that was replaced is new", () => {
  expect(createdObjects(BEFORE, { ...BEFORE, links: [{ ...LINK, index: 8 }] }).links).toHaveLength(1);
});
