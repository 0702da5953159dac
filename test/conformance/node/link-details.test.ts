import { expect, test } from "vitest";
import { readLinkDetails } from "../../../conformance/node/link-details.ts";
import { fakeShell } from "../../helpers/fake-host.ts";

test("modes, VLANs, and changed attributes of ports", async () => {
  const links = [
    { ifindex: 2, ifname: "eth0", linkinfo: { info_kind: "macvlan", info_data: { mode: "bridge" } } },
    { ifindex: 3, ifname: "eth1", linkinfo: { info_kind: "vlan", info_data: { id: 5 } } },
    {
      ...{ ifindex: 4, ifname: "veth0" },
      linkinfo: { info_kind: "veth", info_slave_kind: "bridge", info_slave_data: { hairpin: true, learning: true } },
    },
  ];
  const vlans = [{ ifname: "veth0", vlans: [{ vlan: 1 }, { vlan: 100, flags: ["PVID"] }] }];
  const shell = fakeShell({ sh: { stdout: `${JSON.stringify(links)}\n\n${JSON.stringify(vlans)}\n` } });
  const none = { mode: "", vlanId: 0, portAttributes: [], portVlans: [] };
  expect(await readLinkDetails(shell)).toEqual([
    { ...none, index: 2, name: "eth0", kind: "macvlan", mode: "bridge" },
    { ...none, index: 3, name: "eth1", kind: "vlan", vlanId: 5 },
    { ...none, index: 4, name: "veth0", kind: "veth", portAttributes: ["hairpin"], portVlans: [100] },
  ]);
});
