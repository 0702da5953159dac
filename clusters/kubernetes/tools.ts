/** The programs of this machine that Kubernetes is driven by: whether they are here, and new enough. */
import { localShell } from "../../core/local.ts";
import type { Problem } from "../../core/model.ts";
import { findTool } from "../../core/tools/find.ts";

interface KubernetesTool {
  /** What makes it tell its version. */
  readonly versionCommand: readonly string[];
  /** Major and minor version of the oldest release that works. */
  readonly minVersion: readonly [number, number];
  readonly installUrl: string;
}

const KUBERNETES_TOOLS = {
  // The nodes' containerd takes a folder of mirrors.
  kind: {
    versionCommand: ["kind", "version"],
    minVersion: [0, 20],
    installUrl: "https://kind.sigs.k8s.io/docs/user/quick-start/#installation",
  },
  // Nothing older was tried.
  kubectl: {
    versionCommand: ["kubectl", "version", "--client"],
    minVersion: [1, 20],
    installUrl: "https://kubernetes.io/docs/tasks/tools/",
  },
  // `helm uninstall --cascade`
  helm: {
    versionCommand: ["helm", "version", "--short"],
    minVersion: [3, 12],
    installUrl: "https://helm.sh/docs/intro/install/",
  },
} as const satisfies Record<string, KubernetesTool>;

export type KubernetesToolName = keyof typeof KUBERNETES_TOOLS;

/** Seconds for a program to tell its version. */
const VERSION_TIMEOUT_S = 20;

/** @param purpose what needs it: `clusters of kind need it` */
export async function toolProblems(name: KubernetesToolName, purpose: string): Promise<readonly Problem[]> {
  const { versionCommand, installUrl } = KUBERNETES_TOOLS[name];
  if (findTool(name) === null) return [{ message: `${name} is not here, and ${purpose}`, fix: installUrl }];
  return versionProblems(name, (await localShell().exec(versionCommand, { timeout: VERSION_TIMEOUT_S })).stdout);
}

/** Pure. @param versionOutput by the program about its version; one that tells none is taken as it is */
export function versionProblems(name: KubernetesToolName, versionOutput: string): readonly Problem[] {
  const { minVersion, installUrl } = KUBERNETES_TOOLS[name];
  const [, major, minor] = /v?(\d+)\.(\d+)\.\d+/.exec(versionOutput) ?? [];
  if (
    major === undefined ||
    Number(major) > minVersion[0] ||
    (Number(major) === minVersion[0] && Number(minor) >= minVersion[1])
  )
    return [];
  return [
    {
      message: `${name} ${major}.${minor} is too old; ${minVersion.join(".")} is the oldest that works`,
      fix: installUrl,
    },
  ];
}
