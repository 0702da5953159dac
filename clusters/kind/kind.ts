/**
 * The `kind` cluster: nodes are containers that run a kubelet, and Kubernetes creates the pods. Each deployment gets a
 * new cluster with a private kubeconfig, so the user's kubeconfig is never changed. After `kill -9` the containers
 * remain until `cnibench clean`.
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { EnvironmentError, lastLine } from "../../core/errors.ts";
import { stringAt } from "../../core/json.ts";
import { localShell } from "../../core/local.ts";
import { succeeded, type Output, describeEnd } from "../../core/shell.ts";
import type { ClusterFacts, ClusterKind, ClusterSpec, KubernetesCluster, KubernetesSpec } from "../cluster.ts";
import { Kubectl } from "../../kubernetes/client.ts";
import { createSandbox } from "../nodes/sandbox.ts";
import { checkKind } from "./check.ts";
import { cleanKind } from "./clean.ts";
import { kindConfig } from "./config.ts";
import { maxClustersAtOnce, pauseNodes, resumeNodes } from "./pause.ts";
import { prepareImages } from "./images.ts";
import { saveLogs } from "./logs.ts";
import { clusterName, clusterDir } from "./names.ts";
import { connectNodes, putFiles, type KindNodes } from "./nodes.ts";

/** Seconds to create a cluster, including the pull of the node image, and to delete it. */
const CREATE_TIMEOUT_S = 900;
const DELETE_TIMEOUT_S = 120;
/** Port of the API server inside the control-plane node (set by kind). */
const API_SERVER_PORT = 6443;

export const kind = {
  name: "kind",
  summary: "Kubernetes in containers on this host, for plugins that require it, services and network policies",
  api: "kubernetes",
  maxNodes: 8,
  tools: [],
  deploySeconds: 90,
  inspection: "first-deployment",
  check: checkKind,
  clean: cleanKind,
  maxClustersAtOnce: ({ nodes }: ClusterSpec) => maxClustersAtOnce(nodes),
  create: async (spec: ClusterSpec, signal: AbortSignal): Promise<KubernetesCluster> => {
    const { kubernetes } = spec;
    if (kubernetes === undefined) throw new Error("a kind cluster requires a Kubernetes spec");
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

/** One kind cluster, from its creation to its removal. */
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

  /** Runs `kind create cluster`. @throws EnvironmentError with kind's error message. */
  async create(nodes: number, signal: AbortSignal): Promise<void> {
    await mkdir(this.#dir, { mode: 0o700 }); // it will contain the credentials of the cluster
    const image = this.#spec.nodeImage === undefined ? [] : ["--image", this.#spec.nodeImage];
    // Stop kind together with cnibench: otherwise nothing would remove the cluster that it completes.
    const argv = [
      ...["setpriv", "--pdeathsig", "KILL"],
      ...["kind", "create", "cluster"],
      ...["--name", this.#name],
      ...["--kubeconfig", this.#kubeconfig],
      ...["--config", "-", "--retain"],
      ...image,
    ];
    const output = await localShell().exec(argv, {
      stdin: kindConfig(nodes, this.#spec),
      timeout: CREATE_TIMEOUT_S,
      signal,
    });
    if (!succeeded(output)) throw new EnvironmentError(`kind ${describeEnd(output)}: ${errorReason(output)}`);
  }

  /** Connects to the nodes of the created cluster and provides them with the images. */
  async connect(count: number, signal: AbortSignal): Promise<KubernetesCluster> {
    const { loadImage, podCidr, kubeProxyMode, imageArchive, registryMirror } = this.#spec;
    const kubectl = new Kubectl(localShell(), {
      kubeconfig: this.#kubeconfig,
      context: `kind-${this.#name}`,
      cache: join(this.#dir, "cache"),
    });
    const version = kubectl.run(["version", "-o", "json"], { signal });
    version.catch(() => undefined); // awaited below
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
      resume: (resumeSignal) => resumeNodes(names, kubectl, resumeSignal),
      [Symbol.asyncDispose]: () => this.remove(),
    };
  }

  /** Saves the logs of the nodes in the directory of the run, if the spec has one. */
  async exportLogs(): Promise<void> {
    if (this.#spec.logs === null) return;
    await saveLogs(this.#name, this.#spec.logs);
  }

  /**
   * Deletes the cluster; safe to call repeatedly and during creation.
   * @throws EnvironmentError with the command to retry
   */
  remove(): Promise<void> {
    this.#removed ??= this.#remove();
    return this.#removed;
  }

  async #remove(): Promise<void> {
    this.#nodes?.close();
    const argv = ["kind", "delete", "cluster", "--name", this.#name, "--kubeconfig", this.#kubeconfig];
    const output = await localShell().exec(argv, { timeout: DELETE_TIMEOUT_S });
    await rm(this.#dir, { recursive: true, force: true });
    if (succeeded(output)) return;
    throw new EnvironmentError(
      `cannot remove kind cluster ${this.#name}: ${errorReason(output)}; ` +
        `try again with: kind delete cluster --name ${this.#name}`,
    );
  }
}

/** Extracts the reason from kind's output: a separate line above the output of the command that failed. */
function errorReason({ stderr, stdout }: Output): string {
  const lines = stderr.split("\n").filter((line) => /^(ERROR|Command Output|error)/i.test(line.trim()));
  const message = lines.length > 0 ? lines.map(lastLine).join("; ") : lastLine(stderr) || lastLine(stdout);
  return /too many open files/i.test(stderr)
    ? `${message}; raise the limit with: sudo sysctl -w fs.inotify.max_user_instances=512`
    : message;
}
