/**
 * The `kind` cluster: nodes are containers with a kubelet, pods come from Kubernetes. A cluster for each deployment, with a
 * kubeconfig of its own: nothing of the user's is touched. After a kill -9 its containers stay, and `cnibench clean` removes them.
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { EnvironmentError, describeEnd, lastLine } from "../../core/errors.ts";
import { stringAt } from "../../core/json.ts";
import { localShell } from "../../core/local.ts";
import { succeeded, type Output } from "../../core/shell.ts";
import type { ClusterFacts, ClusterKind, ClusterSpec, KubernetesCluster, KubernetesSpec } from "../cluster.ts";
import { Kubectl } from "../kubernetes/kubectl.ts";
import { createSandbox } from "../nodes/sandbox.ts";
import { checkKind } from "./check.ts";
import { cleanKind } from "./clean.ts";
import { kindConfig } from "./config.ts";
import { maxClustersAtOnce, pauseNodes, resumeNodes } from "./pause.ts";
import { prepareImages } from "./images.ts";
import { saveLogs } from "./logs.ts";
import { clusterName, clusterDir } from "./names.ts";
import { connectNodes, putFiles, type KindNodes } from "./nodes.ts";

/** Seconds to make a cluster, a pull of the node image included, and to remove one. */
const CREATE_TIMEOUT_S = 900;
const DELETE_TIMEOUT_S = 120;
/** Port of the API server inside the node of the control plane (kind's own). */
const API_SERVER_PORT = 6443;

export const kind = {
  name: "kind",
  summary: "Kubernetes in containers on this host: plugins that need it, services, policies",
  api: "kubernetes",
  maxNodes: 8,
  tools: [],
  deploySeconds: 90,
  check: checkKind,
  clean: cleanKind,
  maxClustersAtOnce: ({ nodes }: ClusterSpec) => maxClustersAtOnce(nodes),
  create: async (spec: ClusterSpec, signal: AbortSignal): Promise<KubernetesCluster> => {
    const { kubernetes } = spec;
    if (kubernetes === undefined)
      throw new Error("a kind cluster was asked for without saying what Kubernetes shall be like");
    const cluster = new KindCluster(clusterName(kubernetes.runId, process.pid), kubernetes);
    try {
      await cluster.create(spec.nodes, signal);
      return await cluster.connect(spec.nodes, signal);
    } catch (error) {
      if (!signal.aborted) await cluster.exportLogs();
      await cluster.remove();
      throw error;
    }
  },
} as const satisfies ClusterKind;

/** One cluster, from its making to its end. */
class KindCluster {
  readonly #name: string;
  readonly #dir: string;
  readonly #spec: KubernetesSpec;
  #nodes: KindNodes | null = null;
  #removed: Promise<void> | null = null;

  constructor(name: string, spec: KubernetesSpec) {
    this.#name = name;
    this.#dir = clusterDir(name);
    this.#spec = spec;
  }

  get #kubeconfig(): string {
    return join(this.#dir, "kubeconfig");
  }

  /** @throws EnvironmentError with kind's own words. */
  async create(nodes: number, signal: AbortSignal): Promise<void> {
    await mkdir(this.#dir, { mode: 0o700 }); // it will hold the key to the cluster
    const image = this.#spec.nodeImage === undefined ? [] : ["--image", this.#spec.nodeImage];
    // Without cnibench nobody would remove what it goes on to make.
    const argv = [
      "setpriv",
      "--pdeathsig",
      "KILL",
      "kind",
      "create",
      "cluster",
      "--name",
      this.#name,
      "--kubeconfig",
      this.#kubeconfig,
      "--config",
      "-",
      "--retain",
      ...image,
    ];
    const output = await localShell().exec(argv, {
      stdin: kindConfig(nodes, this.#spec),
      timeout: CREATE_TIMEOUT_S,
      signal,
    });
    if (!succeeded(output)) throw new EnvironmentError(`kind ${describeEnd(output)}: ${errorReason(output)}`);
  }

  async connect(count: number, signal: AbortSignal): Promise<KubernetesCluster> {
    const { loadImage, podCidr, kubeProxyMode, imageArchive, registryMirror } = this.#spec;
    const kubectl = new Kubectl({
      kubeconfig: this.#kubeconfig,
      context: `kind-${this.#name}`,
      cache: join(this.#dir, "cache"),
    });
    const version = kubectl.run(["version", "-o", "json"], { signal });
    version.catch(() => undefined); // it is waited for below
    const connected = await connectNodes(kubectl, count, signal);
    this.#nodes = connected;
    const { nodes, underlayMtu } = connected;
    const names = nodes.map(({ name }) => name);
    await prepareImages(nodes, this.#spec, signal);
    const facts: ClusterFacts = {
      isolation: "containers",
      underlayMtu,
      underlayRate: null,
      underlayDelay: null,
      underlayLoss: null,
      sameHost: true,
      emulated: false,
    };
    return {
      kind: "kind",
      api: "kubernetes",
      ...{ facts, nodes, podCidr, podCidr6: "::/128", kubectl, installsPlugin: true, loadImage, kubeProxyMode },
      pullsByDigest: imageArchive === undefined && registryMirror === undefined,
      apiServer: { host: `${this.#name}-control-plane`, port: API_SERVER_PORT },
      version: stringAt(JSON.parse(await version), "serverVersion", "gitVersion") ?? "unknown",
      putFiles,
      enterCommand: (node, terminal = true) => ["docker", "exec", terminal ? "-it" : "-i", node.name],
      createSandbox,
      exportLogs: () => this.exportLogs(),
      pause: () => pauseNodes(names),
      resume: (going) => resumeNodes(names, kubectl, going),
      [Symbol.asyncDispose]: () => this.remove(),
    };
  }

  /** Into the run's folder, where there is one. */
  async exportLogs(): Promise<void> {
    if (this.#spec.logs === null) return;
    await saveLogs(this.#name, this.#spec.logs);
  }

  /** May be called again, and while it is being made. @throws EnvironmentError when it could not be removed, with the command to try. */
  remove(): Promise<void> {
    this.#removed ??= this.#remove();
    return this.#removed;
  }

  async #remove(): Promise<void> {
    this.#nodes?.close();
    const argv = ["kind", "delete", "cluster", "--name", this.#name, "--kubeconfig", this.#kubeconfig];
    const output = await localShell().exec(argv, { timeout: DELETE_TIMEOUT_S });
    await rm(this.#dir, { recursive: true, force: true });
    if (!succeeded(output))
      throw new EnvironmentError(
        `kind cluster ${this.#name} could not be removed: ${errorReason(output)}; remove it with: kind delete cluster --name ${this.#name}`,
      );
  }
}

/** kind tells its reason in a line of its own, above what it shows of the failed command. */
function errorReason({ stderr, stdout }: Output): string {
  const lines = stderr.split("\n").filter((line) => /^(ERROR|Command Output|error)/i.test(line.trim()));
  const message = lines.length > 0 ? lines.map(lastLine).join("; ") : lastLine(stderr) || lastLine(stdout);
  return /too many open files/i.test(stderr)
    ? `${message}; allow more with: sudo sysctl -w fs.inotify.max_user_instances=512`
    : message;
}
