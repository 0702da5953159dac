/** Command lines that open a shell on each node and pod of a deployment from another terminal. */
import type { Cluster } from "../../clusters/index.ts";
import { quoteArgv } from "../../core/text.ts";
import type { DeployedPod } from "../../engine/index.ts";

const SHELL = "sh";

export function enterCommands(cluster: Cluster, pods: readonly DeployedPod[]): string {
  const nodes = cluster.nodes.map((node) => {
    const addresses = [node.ip, ...(node.ip6 === null ? [] : [node.ip6])];
    return `# ${node.name}, ${addresses.join(", ")}\n${quoteArgv([...cluster.enterCommand(node), SHELL])}\n`;
  });
  const inPods = pods.map(
    ({ endpoint: { name, node }, addresses, enterCommand: enter }) =>
      `# pod ${name} on ${node.name}, ${addresses.join(", ")}\n${quoteArgv([...enter, SHELL])}\n`,
  );
  return [...nodes, ...inPods].join("");
}
