/** The clusters that setup.ts has made, as tests see them. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inject } from "vitest";
import { Kubectl } from "../../clusters/kubernetes/kubectl.ts";
import { MANAGED_BY_LABEL } from "../../clusters/kubernetes/namespace.ts";
import { stringAt } from "../../core/json.ts";
import type { Output } from "../../core/shell.ts";
import { cnibench, temporaryDir } from "../helpers/cnibench.ts";
import { LOAD } from "./images.ts";
import type { SharedCluster } from "./setup.ts";

const [standing, bare] = [inject("standing"), inject("bare")];
if (standing === null) console.warn("no kind cluster can be made here: the tests of a cluster that exists are skipped");

export const noSharedCluster = standing === null;

export function pluginCluster(): SharedCluster {
  if (standing === null) throw new Error("there is no cluster");
  return standing;
}

/** The one without a plugin; it is frozen. */
export function bareCluster(): SharedCluster {
  if (bare === null) throw new Error("there is no cluster");
  return bare;
}

/** A cluster as its administrator sees it. */
export function administrator({ kubeconfig, context } = pluginCluster()): Kubectl {
  return new Kubectl({ kubeconfig, context, cache: `${kubeconfig}.cache` });
}

/** Names of the namespaces that are marked as cnibench's. */
export async function ownedNamespaces(): Promise<readonly string[]> {
  return (await administrator().list(["namespaces", "-l", MANAGED_BY_LABEL])).map(
    (one) => stringAt(one, "metadata", "name") ?? "",
  );
}

/** Flags that choose it. */
export function clusterFlags(): readonly string[] {
  return ["--cluster", "kubeconfig", "--context", pluginCluster().context, "--load-image", LOAD];
}

/** A kubeconfig whose users are changed. @returns its file */
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

/** Runs cnibench as a user whose kubeconfig is the file. */
export function withKubeconfig(file: string, args: readonly string[]): Promise<Output> {
  return cnibench(args, { env: { KUBECONFIG: file }, timeout: 200 });
}
