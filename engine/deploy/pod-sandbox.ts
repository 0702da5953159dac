/** Sandboxes as the pods that a container runtime of Kubernetes adds to a network. */
import type { BareCluster } from "../../clusters/index.ts";
import { type CniArgs, podArgs } from "../../cni/index.ts";
import type { Node, Sandbox } from "../../core/model.ts";

/** Returns the sandbox with the CNI_ARGS of a pod of its name. @param changes changes to these arguments */
export function asPod(sandbox: Sandbox, changes: CniArgs): Sandbox {
  return { ...sandbox, args: podArgs({ podName: sandbox.name, id: sandbox.id }, changes) };
}

/** Creates the sandboxes of a bare cluster, with unique names. */
export class PodSandboxes {
  readonly #cluster: BareCluster;
  readonly #cniArgs: CniArgs;
  #count = 0;

  /** @param cniArgs changes to CNI_ARGS */
  constructor(cluster: BareCluster, cniArgs: CniArgs = []) {
    this.#cluster = cluster;
    this.#cniArgs = cniArgs;
  }

  /** Number of sandboxes so far. */
  get count(): number {
    return this.#count;
  }

  async create(node: Node): Promise<Sandbox> {
    return asPod(await this.#cluster.createSandbox(node, `cnibench-${++this.#count}`), this.#cniArgs);
  }
}
