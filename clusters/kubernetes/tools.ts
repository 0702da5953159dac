/** The programs of this machine that Kubernetes is driven by: whether they are here, and new enough. */
import { localShell } from "../../core/local.ts";
import type { Problem } from "../../core/model.ts";
import { findTool } from "../../core/tools/find.ts";

interface KubernetesTool {
  /** What makes it tell its version. */
  readonly argv: readonly string[];
  /** Major and minor version of the oldest that works. */
  readonly oldest: readonly [number, number];
  readonly link: string;
}

const KUBERNETES_TOOLS = {
  // The nodes' containerd takes a folder of mirrors.
  kind: {
    argv: ["kind", "version"],
    oldest: [0, 20],
    link: "https://kind.sigs.k8s.io/docs/user/quick-start/#installation",
  },
  // Nothing older was tried.
  kubectl: {
    argv: ["kubectl", "version", "--client"],
    oldest: [1, 20],
    link: "https://kubernetes.io/docs/tasks/tools/",
  },
  // `helm uninstall --cascade`
  helm: { argv: ["helm", "version", "--short"], oldest: [3, 12], link: "https://helm.sh/docs/intro/install/" },
} as const satisfies Record<string, KubernetesTool>;

export type KubernetesToolName = keyof typeof KUBERNETES_TOOLS;

/** Seconds for a program to tell its version. */
const VERSION_LIMIT_S = 20;

/** @param purpose what needs it: `clusters of kind need it` */
export async function toolProblems(name: KubernetesToolName, purpose: string): Promise<readonly Problem[]> {
  const { argv, link } = KUBERNETES_TOOLS[name];
  if (findTool(name) === null) return [{ message: `${name} is not here, and ${purpose}`, fix: link }];
  return versionProblems(name, (await localShell().exec(argv, { timeout: VERSION_LIMIT_S })).stdout);
}

/** Pure. @param versionOutput by the program about its version; one that tells none is taken as it is */
export function versionProblems(name: KubernetesToolName, versionOutput: string): readonly Problem[] {
  const { oldest, link } = KUBERNETES_TOOLS[name];
  const [, major, minor] = /v?(\d+)\.(\d+)\.\d+/.exec(versionOutput) ?? [];
  if (major === undefined || Number(major) > oldest[0] || (Number(major) === oldest[0] && Number(minor) >= oldest[1]))
    return [];
  return [{ message: `${name} ${major}.${minor} is too old; ${oldest.join(".")} is the oldest that works`, fix: link }];
}
