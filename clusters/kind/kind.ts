/**
 * The `kind` cluster: nodes are containers that run a kubelet, and Kubernetes creates the pods. Each deployment gets a
 * new cluster with a private kubeconfig, so the user's kubeconfig is never changed. After `kill -9` the containers
 * remain until `cnibench clean`.
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { EnvironmentError, lastLine } from "../../core/errors.ts";
import { stringAt } from "../../core/untrusted-json.ts";
import { succeeded, type Output, describeEnd } from "../../core/shell.ts";
import type { ClusterFacts, ClusterSpec, KubernetesCluster } from "../cluster.ts";
import type { ClusterKind } from "../cluster-kind.ts";
import type { Host } from "../../core/host.ts";
import { Kubectl } from "../../kubernetes/index.ts";
import {
  DEFAULT_IMAGES,
  IMAGE_OPTIONS,
  imageFlags,
  parseImages,
  storedImages,
  type KubernetesImages,
} from "../kubernetes-options.ts";
import { POD_CIDR } from "../nodes/addresses.ts";
import { createSandbox } from "../nodes/sandbox.ts";
import { checkKind } from "./prerequisites.ts";
import { cleanKind } from "./clean.ts";
import { kindConfig } from "./cluster-config.ts";
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
/** Part of the names of clusters without a run. */
const DEFAULT_RUN_ID = "hand";
const DEFAULT_COMPONENTS = { cni: "none", kubeProxyMode: "iptables" } as const;

/** A kind cluster to create. */
export interface KindSpec extends ClusterSpec {
  readonly options?: KubernetesImages;
}

export const kind = {
  name: "kind",
  summary: "Kubernetes in containers on this host, for plugins that require it, services and network policies",
  api: "kubernetes",
  auto: true,
  maxNodes: 8,
  tools: [],
  podsHaveTools: true,
  families: ["ipv4"],
  fixedUnderlay: true,
  deploySeconds: 90,
  inspection: "first-deployment",
  options: {
    specs: IMAGE_OPTIONS,
    requirement: (other: string) =>
      `requires Kubernetes, which ${other} clusters do not have; omit it, or use --cluster kind`,
    parse: parseImages,
    toStored: storedImages,
    toFlags: imageFlags,
  },
  check: checkKind,
  clean: cleanKind,
  maxClustersAtOnce: ({ nodes }: ClusterSpec) => maxClustersAtOnce(nodes),
  create: async (host: Host, spec: KindSpec): Promise<KubernetesCluster> => {
    const cluster = new KindCluster(host, clusterName(spec.runId ?? DEFAULT_RUN_ID), spec);
    try {
      await cluster.create();
      return await cluster.connect();
    } catch (error) {
      if (!host.signal.aborted) await cluster.exportLogs();
      await cluster.remove();
      throw error;
    }
  },
} as const satisfies ClusterKind;

/** One kind cluster, from its creation to its removal. */
class KindCluster {
  readonly #host: Host;
  readonly #name: string;
  readonly #dir: string;
  readonly #spec: KindSpec;
  readonly #images: KubernetesImages;
  #nodes: KindNodes | null = null;
  #removed: Promise<void> | null = null;

  constructor(host: Host, name: string, spec: KindSpec) {
    this.#host = host;
    this.#name = name;
    this.#dir = clusterDir(host, name);
    this.#spec = spec;
    this.#images = spec.options ?? DEFAULT_IMAGES;
  }

  get #kubeconfig(): string {
    return join(this.#dir, "kubeconfig");
  }

  /** Runs `kind create cluster`. @throws EnvironmentError with kind's error message. */
  async create(): Promise<void> {
    const { shell, signal } = this.#host;
    await mkdir(this.#dir, { mode: 0o700 }); // it will contain the credentials of the cluster
    const { nodes, kubernetes = DEFAULT_COMPONENTS } = this.#spec;
    const { nodeImage, imageArchive } = this.#images;
    const image = nodeImage === undefined ? [] : ["--image", nodeImage];
    // Stop kind together with cnibench: otherwise nothing would remove the cluster that it completes.
    const argv = [
      ...["setpriv", "--pdeathsig", "KILL"],
      ...["kind", "create", "cluster"],
      ...["--name", this.#name],
      ...["--kubeconfig", this.#kubeconfig],
      ...["--config", "-", "--retain"],
      ...image,
    ];
    const output = await shell.exec(argv, {
      stdin: kindConfig(nodes, kubernetes, imageArchive),
      timeout: CREATE_TIMEOUT_S,
      signal,
    });
    if (!succeeded(output)) throw new EnvironmentError(`kind ${describeEnd(output)}: ${errorReason(output)}`);
  }

  /** Connects to the nodes of the created cluster and provides them with the images. */
  async connect(): Promise<KubernetesCluster> {
    const host = this.#host;
    const { kubeProxyMode } = this.#spec.kubernetes ?? DEFAULT_COMPONENTS;
    const { loadImage, imageArchive, registryMirror } = this.#images;
    const kubectl = new Kubectl(host, {
      kubeconfig: this.#kubeconfig,
      context: `kind-${this.#name}`,
      cache: join(this.#dir, "cache"),
    });
    const version = kubectl.run(["version", "-o", "json"], { signal: host.signal });
    version.catch(() => undefined); // awaited below
    const connected = await connectNodes(host, kubectl, this.#spec.nodes);
    this.#nodes = connected;
    const { nodes, underlayMtu } = connected;
    const names = nodes.map(({ name }) => name);
    await prepareImages(host, nodes, this.#images);
    const facts: ClusterFacts = {
      isolation: "containers",
      underlayMtu,
      underlayRate: null,
      underlayDelay: null,
      underlayLoss: null,
      sameHost: true,
      emulated: false,
      cpuAccounting: "machine",
    };
    return {
      kind: "kind",
      api: "kubernetes",
      cpus: { leaveIdle: "Kubernetes runs on the CPUs of the nodes" },
      ...{ facts, nodes, kubectl, loadImage, kubeProxyMode },
      installation: {
        podCidr: POD_CIDR,
        apiServer: { host: `${this.#name}-control-plane`, port: API_SERVER_PORT },
        pullsByDigest: imageArchive === undefined && registryMirror === undefined,
      },
      version: stringAt(JSON.parse(await version), "serverVersion", "gitVersion"),
      putFiles: (node, files) => putFiles(host, node, files),
      enterCommand: (node, terminal = true) => ["docker", "exec", terminal ? "-it" : "-i", node.name],
      createSandbox,
      exportLogs: () => this.exportLogs(),
      pause: () => pauseNodes(host, names),
      resume: (signal) => resumeNodes({ ...host, signal }, names, kubectl),
      [Symbol.asyncDispose]: () => this.remove(),
    };
  }

  /** Saves the logs of the nodes in the directory of the run, if the spec has one. */
  async exportLogs(): Promise<void> {
    const { logs } = this.#spec;
    if (logs !== undefined) await saveLogs(this.#host, this.#name, logs);
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
    const output = await this.#host.shell.exec(argv, { timeout: DELETE_TIMEOUT_S });
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
