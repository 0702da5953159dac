/** Sandboxes of bare clusters. */
import { containerIdOf } from "../../core/container-id.ts";
import { run, wrapShell } from "../../core/shell.ts";
import type { Node, Sandbox } from "../../core/model.ts";

/** Creates a named namespace, as container runtimes do, with the congestion control of the node. */
const CREATE_SCRIPT = `
  ip netns add "$1"
  read -r cc </proc/sys/net/ipv4/tcp_congestion_control
  nsenter --net="/run/netns/$1" sh -c '
    ip link set lo up && echo "$1" >/proc/sys/net/ipv4/tcp_congestion_control' sh "$cc"`;

/** Creates an empty network namespace on a node. */
export async function createSandbox(node: Node, name: string): Promise<Sandbox> {
  await run(node.shell, ["sh", "-ec", CREATE_SCRIPT, "sh", name]);
  const netns = `/run/netns/${name}`;
  return {
    name,
    id: containerIdOf(name),
    node,
    netns,
    shell: wrapShell(node.shell, `pod ${name} on ${node.name}`, ["nsenter", `--net=${netns}`, "--"]),
    remove: async () => {
      await run(node.shell, ["ip", "netns", "delete", name]);
    },
  };
}
