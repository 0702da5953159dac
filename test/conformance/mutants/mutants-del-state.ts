/** Mutants whose DEL leaves a part of the state in the container or on the node, or acts in another namespace. */
import { runScript } from "./script.ts";
import { ri, type Mutant } from "./mutant.ts";

type Change = Parameters<typeof ri>[1];

/** Runs an additional script in the container in every ADD. */
function leavingInside(script: string): Change {
  return (original) => ({
    enableForwarding: async (request, lease) => {
      await original.enableForwarding(request, lease);
      await runScript(original.containerShell(request), script);
    },
  });
}

/** ADDRESS: assigns a neighbor entry to the uplink that differs for each container. */
const ADD_NEIGHBOR = `address="\${1%.*}.$((\${1##*.} + $$ % 100))"
ip neigh replace "$address" lladdr 02:00:00:00:00:01 dev eth0 nud permanent`;

/** NETNS: moves the uplink of the node into the container. */
const TAKE_UPLINK = `ip link set dev eth0 netns "$1" name uplink`;

/** NETNS: moves it back, and leaves it down. */
const RETURN_UPLINK = `[ -z "$1" ] || ! nsenter --net="$1" ip link show dev uplink >/dev/null 2>&1 ||
  nsenter --net="$1" ip link set dev uplink netns 1 name eth0`;

export const DEL_STATE: readonly Mutant[] = [
  ri(
    { number: "M346", description: "DEL leaves a route in the container", fails: ["del.container.restored"] },
    leavingInside("ip route replace 198.51.100.0/24 dev lo"),
  ),
  ri(
    { number: "M347", description: "DEL leaves a kernel setting of the container", fails: ["del.container.restored"] },
    leavingInside("echo 1 >/proc/sys/net/ipv4/conf/all/arp_ignore"),
  ),
  ri(
    { number: "M348", description: "DEL leaves the neighbor entry of each container", fails: ["leak.routes"] },
    (original) => ({
      configure: async (request, lease) => {
        await runScript(request.shell, ADD_NEIGHBOR, lease.ips[0]?.address.split("/")[0] ?? "");
        return original.configure(request, lease);
      },
    }),
  ),
  ri(
    {
      number: "M349",
      description: "DEL leaves a device down that ADD moved into the container",
      fails: ["del.device.returned"],
      mayAlsoFail: ["*"],
    },
    (original) => ({
      createLinks: async (request, ...rest) => {
        await runScript(request.shell, TAKE_UPLINK, request.netns);
        return original.createLinks(request, ...rest);
      },
      del: async (request) => {
        await original.del(request);
        await runScript(request.shell, RETURN_UPLINK, request.netns);
      },
    }),
  ),
  ri(
    {
      number: "M350",
      description: "DEL deletes CNI_IFNAME in any namespace",
      fails: ["del.netns.node", "del.netns.other"],
      mayAlsoFail: ["del.netns.*", "del.foreign"],
    },
    (original) => ({
      del: async (request) => {
        await original.del(request);
        const { netns, ifName } = request;
        await request.shell.exec(["nsenter", `--net=${netns}`, "ip", "link", "delete", "dev", ifName]);
      },
    }),
  ),
];
