/** The nodes of a kind cluster: containers, each with an agent over `docker exec`. */
import { startAgent } from "../../core/agent/start-agent.ts";
import { EnvironmentError } from "../../core/errors.ts";
import { listAt, numberAt, tryParse } from "../../core/untrusted-json.ts";
import type { Host } from "../../core/host.ts";
import { UNDERLAY_INTERFACE, type Node, type NodeFile } from "../../core/model.ts";
import { run, succeeded, CommandError } from "../../core/shell.ts";
import { waitUntil } from "../../core/wait.ts";
import { type Kubectl, readNode } from "../../kubernetes/index.ts";

const NODE_ENV_VARS = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/root",
  LC_ALL: "C",
} as const;
/** Seconds until the API lists every node with its pod range. */
const POD_RANGE_TIMEOUT_S = 60;

/** The nodes of a cluster, until their connections are closed. */
export interface KindNodes {
  readonly nodes: readonly Node[];
  /** MTU of the network between the nodes, bytes. */
  readonly underlayMtu: number;
  /** Ends the agents. */
  close(): void;
}

/** Waits until the API lists the nodes and starts an agent on each. @param count expected number of nodes */
export async function connectNodes(host: Host, kubectl: Kubectl, count: number): Promise<KindNodes> {
  const { signal, clock } = host;
  const nodeAddresses = await waitUntil("not all nodes got a pod range", () => readAddresses(kubectl, count, signal), {
    timeout: POD_RANGE_TIMEOUT_S,
    signal,
    clock,
  });
  const started = await Promise.allSettled(
    nodeAddresses.map(({ name }) => startAgent(host, name, ["docker", "exec", "-i", name], NODE_ENV_VARS)),
  );
  const agents = started.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const close = (): void => {
    for (const { stream } of agents) stream.closeStdin();
  };
  try {
    for (const one of started) if (one.status === "rejected") throw one.reason;
    const nodes = agents.map(({ agent: shell }, i): Node => {
      const { name = "", ip = "" } = nodeAddresses[i] ?? {};
      return { name, index: i + 1, ip, ip6: null, shell };
    });
    return { nodes, underlayMtu: await readMtu(nodes), close };
  } catch (error) {
    close();
    throw error;
  }
}

/**
 * Returns the nodes sorted by name, so that the control plane is first, or null while any is missing or has no pod
 * range.
 */
async function readAddresses(
  kubectl: Kubectl,
  count: number,
  signal: AbortSignal,
): Promise<readonly { name: string; ip: string }[] | null> {
  const found = (await kubectl.list(["nodes"], { signal }))
    .map(readNode)
    .flatMap(({ name, podCidr, internalIp: ip }) => (podCidr === null || ip === null ? [] : [{ name, ip }]));
  return found.length < count ? null : found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function readMtu([node]: readonly Node[]): Promise<number> {
  const links =
    node === undefined ? null : tryParse(await run(node.shell, ["ip", "-j", "link", "show", UNDERLAY_INTERFACE]));
  const mtu = numberAt(listAt(links)[0], "mtu");
  if (mtu === null)
    throw new EnvironmentError(
      `cannot read the MTU of ${UNDERLAY_INTERFACE} on ${node?.name ?? "the nodes"}; is the node image a kind image?`,
    );
  return mtu;
}

/**
 * Writes files to a node. Docker copies those that exist on this host, which preserves their bytes.
 * @throws CommandError
 */
export async function putFiles(host: Host, { name, shell }: Node, files: readonly NodeFile[]): Promise<void> {
  for (const { path, mode, source } of files) {
    if ("text" in source) {
      await run(shell, ["install", "-D", "-m", mode.toString(8), "/dev/stdin", path], { stdin: source.text });
      continue;
    }
    const copied = await host.shell.exec(["docker", "cp", "--follow-link", source.file, `${name}:${path}`]);
    if (!succeeded(copied)) throw new CommandError(copied);
    await run(shell, ["chmod", mode.toString(8), path]);
  }
}
