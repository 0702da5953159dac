/** Access to the clusters that setup.ts created. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inject } from "vitest";
import { Kubectl } from "../../../kubernetes/client.ts";
import { createHost } from "../../../core/local.ts";
import { MANAGED_BY_LABEL } from "../../../kubernetes/namespaces.ts";
import { stringAt } from "../../../core/untrusted-json.ts";
import type { Output } from "../../../core/shell.ts";
import { cnibench, temporaryDir } from "../../helpers/cnibench.ts";
import { LOAD } from "./images.ts";
import type { SharedCluster } from "./setup.ts";

const [sharedPluginCluster, sharedBareCluster] = [inject("pluginCluster"), inject("bareCluster")];
if (sharedPluginCluster === null)
  console.warn("cannot create kind clusters on this machine: skipping the tests of existing clusters");

export const noSharedCluster = sharedPluginCluster === null;

/** Returns the cluster with simplecni. */
export function pluginCluster(): SharedCluster {
  if (sharedPluginCluster === null) throw new Error("cluster not found");
  return sharedPluginCluster;
}

/** Returns the cluster without a plugin, which is paused. */
export function bareCluster(): SharedCluster {
  if (sharedBareCluster === null) throw new Error("cluster not found");
  return sharedBareCluster;
}

/** Returns kubectl with administrator permissions. */
export function administrator({ kubeconfig, context } = pluginCluster()): Kubectl {
  return new Kubectl(createHost(), { kubeconfig, context, cache: `${kubeconfig}.cache` });
}

/** Returns the names of the namespaces with cnibench's label. */
export async function ownedNamespaces(): Promise<readonly string[]> {
  return (await administrator().list(["namespaces", "-l", MANAGED_BY_LABEL])).map(
    (one) => stringAt(one, "metadata", "name") ?? "",
  );
}

/** Returns the flags that select the cluster with simplecni. */
export function clusterFlags(): readonly string[] {
  return ["--cluster", "kubeconfig", "--context", pluginCluster().context, "--load-image", LOAD];
}

/** Writes a kubeconfig with changed users. @returns its path */
export async function kubeconfigWith(change: (user: object) => object, of = pluginCluster()): Promise<string> {
  const view = JSON.parse(await administrator(of).run(["config", "view", "--raw", "-o", "json"])) as {
    users: { user: object }[];
  };
  const file = join(temporaryDir(), "kubeconfig");
  writeFileSync(
    file,
    JSON.stringify({ ...view, users: view.users.map((one) => ({ ...one, user: change(one.user) })) }),
    { mode: 0o600 },
  );
  return file;
}

/** Runs cnibench with a kubeconfig. */
export function withKubeconfig(file: string, args: readonly string[]): Promise<Output> {
  return cnibench(args, { env: { KUBECONFIG: file }, timeout: 200 });
}
