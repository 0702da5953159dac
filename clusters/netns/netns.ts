/**
 * The `netns` cluster: nodes are namespaces on this host, inside a lab that cleans itself.
 *
 * The lab and each node are processes whose standard input is a pipe of ours. When it closes, for whatever reason, the
 * lab's first process ends, and the kernel ends every process, mount, interface and namespace in it.
 */
import { existsSync } from "node:fs";
import { EnvironmentError, messageOf } from "../../core/errors.ts";
import type { Node } from "../../core/model.ts";
import { run } from "../../core/shell.ts";
import { toolPath } from "../../core/tools/find.ts";
import type { BareCluster, ClusterFacts, ClusterKind, ClusterSpec, NodeFile } from "../cluster.ts";
import { nodeAddress, nodeAddress6, nodePodCidr, nodePodCidr6, POD_CIDR, POD_CIDR6 } from "../nodes/addresses.ts";
import { checkNamespaces, explainLabFailure } from "./namespace-check.ts";
import { setForwarding } from "../nodes/forwarding.ts";
import { enterNodeCommand, HOST_ROOT, launchLab, launchNode, type Isolation, type AgentProcess } from "./launch.ts";
import { createSandbox } from "../nodes/sandbox.ts";
import { shapeUnderlay } from "../nodes/shaping.ts";
import { linkNames, nodeBatch, bridgePort, underlayBatch } from "./underlay.ts";

/** Seconds for a lab or a node to say hello. */
const START_TIMEOUT_S = 20;
/** Seconds for a lab to end by itself before it is killed. */
const STOP_TIMEOUT_S = 3;

export const netns = {
  name: "netns",
  summary: "namespaces on this host: no root, no Docker, no Kubernetes",
  api: "bare",
  maxNodes: 16,
  tools: ["ip", "ping"],
  deploySeconds: 0.6,
  check: checkNamespaces,
  create: async (spec: ClusterSpec, signal: AbortSignal): Promise<BareCluster> => {
    const lab = await startLab();
    try {
      signal.throwIfAborted();
      return await createNodes(lab, spec);
    } catch (error) {
      await stopProcesses([lab.process]);
      throw error;
    }
  },
} as const satisfies ClusterKind;

interface Lab {
  readonly process: AgentProcess;
  readonly isolation: Isolation;
  readonly env: Readonly<Record<string, string>>;
  /** The lab's first process, as this process sees it. */
  readonly pid: number;
}

async function startLab(): Promise<Lab> {
  const env = {
    PATH: searchPath(toolPath()).join(":"), // now: tools may have been fetched a moment ago
    HOME: "/tmp",
    LC_ALL: "C",
  };
  const attempts: Isolation[] = process.getuid?.() === 0 ? ["user namespace", "root namespaces"] : ["user namespace"];
  let lastError = "";
  for (const isolation of attempts) {
    const process = launchLab(isolation, env);
    try {
      const [, hostPid = ""] = await waitForHello(process);
      return { process: process, isolation, env, pid: Number(hostPid) };
    } catch (error) {
      await stopProcesses([process]);
      lastError = messageOf(error);
    }
  }
  throw await explainLabFailure(lastError);
}

/**
 * Search path of the nodes. The folders where almost everything lies come first, because plugins start many programs; and
 * a folder that the lab hides (a cache under /tmp) is still there under the host's files.
 */
function searchPath(dirs: readonly string[]): string[] {
  const rest = dirs.filter((folder) => !["/usr/sbin", "/usr/bin", "/sbin", "/bin"].includes(folder));
  const hidden = rest.filter((folder) => /^\/(tmp|run|var|etc|opt)\//.test(folder));
  return [
    "/usr/sbin",
    "/usr/bin",
    "/sbin",
    "/bin",
    ...rest.filter((folder) => !hidden.includes(folder)),
    ...hidden.map((folder) => `${HOST_ROOT}${folder}`),
  ];
}

async function createNodes(lab: Lab, spec: ClusterSpec): Promise<BareCluster> {
  const indices = Array.from({ length: spec.nodes }, (_, i) => i + 1);
  const nodeProcesses = indices.map((i) => launchNode(`node${i}`, lab.pid, lab.isolation, lab.env));
  const pids: number[] = [];
  const spareLinks = spec.spareLinks ?? 0;
  const ipv6 = existsSync("/proc/net/if_inet6");
  try {
    for (const [pid = ""] of await Promise.all(nodeProcesses.map(waitForHello))) pids.push(Number(pid));
    const ip = (node: AgentProcess, batch: string): Promise<string> =>
      run(node.agent, ["ip", "-batch", "-"], { stdin: batch });
    await ip(lab.process, underlayBatch(pids, spec.underlayMtu, spareLinks));
    await Promise.all(nodeProcesses.map(({ agent }) => setForwarding(agent)));
    await Promise.all(nodeProcesses.map((node, i) => ip(node, nodeBatch(i + 1, ipv6, spareLinks))));
    await shapeUnderlay(
      lab.process.agent,
      indices.flatMap((i) => linkNames(spareLinks).map((_, link) => bridgePort(i, link))),
      spec,
    );
  } catch (error) {
    await stopProcesses(nodeProcesses);
    throw error;
  }
  const nodes = nodeProcesses.map(({ agent }, i): Node => {
    const index = i + 1;
    const ip6 = ipv6 ? nodeAddress6(index) : null;
    return {
      name: agent.name,
      index,
      ip: nodeAddress(index),
      ip6,
      podCidr: nodePodCidr(index),
      podCidr6: nodePodCidr6(index),
      shell: agent,
    };
  });
  return {
    kind: "netns",
    api: "bare",
    facts: clusterFacts(lab, spec),
    nodes,
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

function clusterFacts(
  { isolation }: Lab,
  { underlayMtu, underlayRate, underlayDelay, underlayLoss }: ClusterSpec,
): ClusterFacts {
  const shaping = {
    underlayRate: underlayRate ?? null,
    underlayDelay: underlayDelay ?? null,
    underlayLoss: underlayLoss ?? null,
  };
  return { isolation, underlayMtu, ...shaping, sameHost: true, emulated: false };
}

async function waitForHello(running: AgentProcess): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<never>((_, reject) => {
    const why = `${running.agent.name} did not start within ${START_TIMEOUT_S} s; is this machine out of memory or processes?`;
    timer = setTimeout(() => reject(new EnvironmentError(why)), START_TIMEOUT_S * 1000);
  });
  try {
    return await Promise.race([running.agent.hello, timedOut]);
  } finally {
    clearTimeout(timer);
  }
}

async function putFiles(node: Node, files: readonly NodeFile[]): Promise<void> {
  for (const { path, mode, source } of files) {
    const target = ["install", "-D", "-m", mode.toString(8)];
    if ("file" in source) await run(node.shell, [...target, `${HOST_ROOT}${source.file}`, path]);
    else await run(node.shell, [...target, "/dev/stdin", path], { stdin: source.text });
  }
}

async function stopProcesses(agentProcesses: readonly AgentProcess[]): Promise<void> {
  for (const { stream } of agentProcesses) stream.closeStdin();
  await Promise.all(
    agentProcesses.map(async ({ stream, exited: ended }) => {
      const timer = setTimeout(() => stream.kill("SIGKILL"), STOP_TIMEOUT_S * 1000);
      await ended;
      clearTimeout(timer);
    }),
  );
}
