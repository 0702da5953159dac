/** Mutants of the data path: connectivity of each address family, MTU, and state that neighbors and the kernel keep. */
import type { CniIp } from "../../../cni/types.ts";
import { isIpv4 } from "./address-range.ts";
import { ri, ro, type Mutant } from "./mutant.ts";
import { runScript } from "./script.ts";

const DUAL_STACK = {
  ipam: {
    type: "rp",
    daemon: "/run/daemon",
    ranges: [[{ subnet: "10.99.0.0/24" }], [{ subnet: "fd00:99::/64" }]],
    routes: [{ dst: "0.0.0.0/0" }, { dst: "::/0" }],
  },
};

const ipv4Of = (ips: readonly CniIp[]): readonly CniIp[] => ips.filter(({ address }) => isIpv4(address));

/** IFNAME GATEWAY CIDR: leaves the route to the gateway only. */
const CUT_OFF_PEERS = `ip -6 route replace "$2/128" dev "$1" metric 1
ip -6 route replace unreachable "$3" metric 1`;

export const DATA_PATH: readonly Mutant[] = [
  ri(
    {
      number: "M372",
      description: "the node does not forward IPv6",
      fails: ["add.connect.outside", "add.connect.dualstack"],
      config: DUAL_STACK,
    },
    (original) => ({
      enableForwarding: (request, lease) => original.enableForwarding(request, { ...lease, ips: ipv4Of(lease.ips) }),
    }),
  ),
  ri(
    {
      number: "M373",
      description: "containers do not reach each other over IPv6",
      fails: ["add.connect.peer", "add.connect.dualstack"],
      mayAlsoFail: ["add.connect.mtu"],
      config: DUAL_STACK,
    },
    (original) => ({
      configure: async (request, lease) => {
        const routes = await original.configure(request, lease);
        for (const { address, gateway = "" } of lease.ips) {
          if (!isIpv4(address))
            await runScript(original.containerShell(request), CUT_OFF_PEERS, request.ifName, gateway, address);
        }
        return routes;
      },
    }),
  ),
  ri(
    {
      number: "M374",
      description: "the node lacks the IPv6 address of the gateway",
      fails: ["add.connect.gateway", "add.connect.dualstack"],
      mayAlsoFail: ["add.connect.*", "check.*"],
      config: DUAL_STACK,
    },
    (original) => ({ gatewaysOf: (ips) => original.gatewaysOf(ipv4Of(ips)) }),
  ),
  ri(
    { number: "M375", description: "the node's end of the link has a smaller MTU", fails: ["add.connect.mtu"] },
    (original) => ({
      linksOf: async (request, bridge, host) => {
        await runScript(request.shell, `ip link set dev "$1" mtu 1400`, host);
        return original.linksOf(request, bridge, host);
      },
    }),
  ),
  ri(
    {
      number: "M376",
      description: "a container with an address that was used before gets any MAC address",
      fails: ["add.connect.reused"],
    },
    () => ({ macOf: () => "" }),
  ),
  ri(
    {
      number: "M377",
      description: "ADD does not wait for duplicate address detection",
      fails: ["add.connect.dad", "add.connect.dad.all"],
    },
    (original) => ({ addressLine: (ip, request) => original.addressLine(ip, request).replace(" nodad", "") }),
  ),
  ri(
    {
      number: "M436",
      description: "the node does not forward, and only the result shows that it is the gateway",
      fails: ["add.connect.outside"],
      mayAlsoFail: ["check.tamper.forwarding"],
      config: { isGateway: false },
    },
    () => ({ enableForwarding: async () => undefined }),
  ),
  ro(
    {
      number: "M378",
      description: "UDP flows to a mapped port keep leading to the container that had it before",
      fails: ["cap.portmappings.udp"],
    },
    () => ({ forgetFlows: async () => undefined }),
  ),
];
