/**
 * The `netns` cluster: nodes are namespaces on this host, inside a lab that leaves nothing behind.
 *
 * The lab and each node are processes whose standard input is a pipe from cnibench. When the pipe closes, for whatever
 * reason, the first process of the lab exits, and the kernel kills every process and removes every mount, interface and
 * namespace in it.
 */
import { existsSync } from "node:fs";
import type { Agent } from "../../core/agent/agent.ts";
import { messageOf } from "../../core/errors.ts";
import type { BareNode, Node, NodeFile } from "../../core/model.ts";
import type { Host } from "../../core/host.ts";
import { run, type Shell } from "../../core/shell.ts";
import { waitOrElse, within } from "../../core/wait.ts";
import { toolPath } from "../../tools/index.ts";
import type { BareCluster, ClusterFacts, ClusterSpec } from "../cluster.ts";
import type { ClusterKind } from "../cluster-kind.ts";
import {
  linkNames,
  nodeAddress,
  nodeAddress6,
  nodePodCidr,
  nodePodCidr6,
  POD_CIDR,
  POD_CIDR6,
} from "../nodes/addresses.ts";
import { checkNamespaces, explainLabFailure } from "./namespace-check.ts";
import { setForwarding } from "../nodes/forwarding.ts";
import { enterNodeCommand, HOST_ROOT, launchLab, launchNode, type Isolation, type AgentProcess } from "./launch.ts";
import { createSandbox } from "../nodes/sandbox.ts";
import { shapeUnderlay } from "../nodes/shaping.ts";
import { nodeBatch, bridgePort, underlayBatch } from "./underlay.ts";

/** Seconds for the agent of a lab or a node to start. */
const START_TIMEOUT_S = 20;
/** Seconds for a lab to exit before it is killed. */
const STOP_TIMEOUT_S = 3;

export const netns = {
  name: "netns",
  summary: "network namespaces on this host: no root, no Docker, no Kubernetes",
  api: "bare",
  auto: true,
  coexist: true,
  maxNodes: 16,
  tools: ["ip", "ping"],
  deploySeconds: 0.6,
  inspection: "separate",
  check: checkNamespaces,
  create: async (host: Host, spec: ClusterSpec): Promise<BareCluster> => {
    const lab = await startLab(host);
    try {
      host.signal.throwIfAborted();
      return await createNodes(lab, spec);
    } catch (error) {
      await stopProcesses([lab.process]);
      throw error;
    }
  },
} as const satisfies ClusterKind;

/** A running lab without nodes. */
interface Lab {
  /** The machine that runs the lab. */
  readonly host: Shell;
  readonly process: AgentProcess;
  readonly isolation: Isolation;
  readonly env: Readonly<Record<string, string>>;
  /** First process of the lab, in the PID namespace of cnibench. */
  readonly pid: number;
}

/** Starts a lab with the first kind of isolation that the system allows. @throws EnvironmentError */
async function startLab(host: Host): Promise<Lab> {
  const env = {
    PATH: searchPath(toolPath(host)).join(":"), // evaluated now, because tools may have been fetched since the start
    HOME: "/tmp",
    LC_ALL: "C",
  };
  const attempts: Isolation[] = process.getuid?.() === 0 ? ["user namespace", "root namespaces"] : ["user namespace"];
  let lastError = "";
  for (const isolation of attempts) {
    const labProcess = launchLab(isolation, env);
    try {
      const [, hostPid = ""] = await waitForHello(labProcess);
      return { host: host.shell, process: labProcess, isolation, env, pid: Number(hostPid) };
    } catch (error) {
      await stopProcesses([labProcess]);
      lastError = messageOf(error);
    }
  }
  throw await explainLabFailure(host, lastError);
}

/**
 * Returns the PATH of the nodes. The directories with most tools come first, because plugins execute many programs.
 * Directories that the lab hides, such as a cache below /tmp, are searched in the mounted files of the host.
 */
function searchPath(dirs: readonly string[]): string[] {
  const system = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];
  const others = dirs.filter((dir) => !system.includes(dir));
  const hidden = others.filter((dir) => /^\/(tmp|run|srv|var|etc|opt)\//.test(dir));
  const visible = others.filter((dir) => !hidden.includes(dir));
  return [...system, ...visible, ...hidden.map((dir) => `${HOST_ROOT}${dir}`)];
}

/** Adds the nodes to a lab. */
async function createNodes(lab: Lab, spec: ClusterSpec): Promise<BareCluster> {
  const indices = Array.from({ length: spec.nodes }, (_, i) => i + 1);
  const nodeProcesses = indices.map((i) => launchNode(`node${i}`, lab.pid, lab.isolation, lab.env));
  const ipv6 = existsSync("/proc/net/if_inet6");
  let pids: readonly number[];
  try {
    pids = await connectNodes(lab, nodeProcesses, spec, ipv6);
  } catch (error) {
    await stopProcesses(nodeProcesses);
    throw error;
  }
  return {
    kind: "netns",
    api: "bare",
    facts: clusterFacts(lab, spec),
    cpus: { machines: [lab.host] },
    rootPids: [...nodeProcesses, lab.process].flatMap(({ stream }) => stream.pid ?? []),
    nodes: nodeProcesses.map(({ agent }, i) => describeNode(agent, i + 1, ipv6)),
    podCidr: POD_CIDR,
    podCidr6: POD_CIDR6,
    enterCommand: ({ index }) => [
      ...enterNodeCommand(lab.pid, pids[index - 1] ?? 0, lab.isolation),
      "env",
      `PATH=${lab.env.PATH}`,
    ],
    putFiles,
    createSandbox,
    [Symbol.asyncDispose]: () => stopProcesses([...nodeProcesses, lab.process]),
  };
}

/** Creates the network between the nodes. @returns the first process of each node, in the PID namespace of the lab */
async function connectNodes(
  lab: Lab,
  nodeProcesses: readonly AgentProcess[],
  spec: ClusterSpec,
  ipv6: boolean,
): Promise<readonly number[]> {
  const spareLinks = spec.spareLinks ?? 0;
  const pids = (await Promise.all(nodeProcesses.map(waitForHello))).map(([pid = ""]) => Number(pid));
  const ip = (node: AgentProcess, batch: string): Promise<string> =>
    run(node.agent, ["ip", "-batch", "-"], { stdin: batch });
  await ip(lab.process, underlayBatch(pids, spec.underlayMtu, spareLinks));
  await Promise.all(nodeProcesses.map(({ agent }) => setForwarding(agent)));
  await Promise.all(nodeProcesses.map((node, i) => ip(node, nodeBatch(i + 1, ipv6, spareLinks))));
  const ports = nodeProcesses.flatMap((_, i) => linkNames(spareLinks).map((_link, k) => bridgePort(i + 1, k)));
  await shapeUnderlay(lab.process.agent, ports, spec);
  return pids;
}

function describeNode(agent: Agent, index: number, ipv6: boolean): BareNode {
  return {
    name: agent.name,
    index,
    ip: nodeAddress(index),
    ip6: ipv6 ? nodeAddress6(index) : null,
    podCidr: nodePodCidr(index),
    podCidr6: nodePodCidr6(index),
    shell: agent,
  };
}
function clusterFacts(
  { isolation }: Lab,
  { underlayMtu, underlayRate, underlayDelay, underlayLoss }: ClusterSpec,
): ClusterFacts {
  const shaping = {
    underlayRate: underlayRate ?? null,
    underlayDelay: underlayDelay ?? null,
    underlayLoss: underlayLoss ?? null,
  };
  return { isolation, underlayMtu, ...shaping, sameHost: true, emulated: false, cpuAccounting: "processes" };
}

/** Returns the parameters with which the agent greets. @throws EnvironmentError if it does not start in time. */
function waitForHello({ agent }: AgentProcess): Promise<readonly string[]> {
  return within(
    START_TIMEOUT_S,
    agent.hello,
    () => `${agent.name} did not start within ${START_TIMEOUT_S} s; is this host out of memory or processes?`,
  );
}

async function putFiles(node: Node, files: readonly NodeFile[]): Promise<void> {
  const put = ({ path, mode, source }: NodeFile): Promise<string> => {
    const install = ["install", "-D", "-m", mode.toString(8)];
    return "file" in source
      ? run(node.shell, [...install, `${HOST_ROOT}${source.file}`, path])
      : run(node.shell, [...install, "/dev/stdin", path], { stdin: source.text });
  };
  await Promise.all(files.map(put));
}

async function stopProcesses(agentProcesses: readonly AgentProcess[]): Promise<void> {
  for (const { stream } of agentProcesses) stream.closeStdin();
  await Promise.all(
    agentProcesses.map(({ stream, exited }) => waitOrElse(exited, STOP_TIMEOUT_S, () => stream.kill("SIGKILL"))),
  );
}
