/** The conformance runner: checks that `cnibench run` makes on the node of a deployed plugin. */
import { checkCoreClauses } from "../conformance/index.ts";
import type { NodeCheckRunner } from "./runner.ts";

export const conformance = {
  name: "conformance",
  summary: "CNI specification, clause by clause: ADD, CHECK, DEL, VERSION",
  scope: "checks",
  target: "node",
  tools: ["ip", "unshare", "nsenter"],
  params: {},
  estimate: () => 5,
  run: ({ deployment, keep, signal }) => {
    const { network, pluginPath, node, plugin, daemonState = "", cniArgs = [], servesKubernetes = false } = deployment;
    return checkCoreClauses(
      { name: plugin, network, node: node.shell, pluginPath, daemonState, cniArgs, installed: servesKubernetes },
      { signal, onCall: keep },
    );
  },
} as const satisfies NodeCheckRunner;
