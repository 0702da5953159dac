/** Checks that the command-line tools for Kubernetes exist on this host and are recent enough. */
import { parse, satisfies } from "semver";
import type { Problem } from "../core/errors.ts";
import type { Shell } from "../core/shell.ts";

/** A command-line tool for Kubernetes that the user installs. */
interface KubernetesTool {
  /** Command that prints the version. */
  readonly versionCommand: readonly string[];
  /** The oldest supported release: `1.20`. */
  readonly minVersion: string;
  readonly installUrl: string;
}

const KUBERNETES_TOOLS = {
  // The first whose node images let containerd use a directory of registry mirrors.
  kind: {
    versionCommand: ["kind", "version"],
    minVersion: "0.20",
    installUrl: "https://kind.sigs.k8s.io/docs/user/quick-start/#installation",
  },
  // No older release was tested.
  kubectl: {
    versionCommand: ["kubectl", "version", "--client"],
    minVersion: "1.20",
    installUrl: "https://kubernetes.io/docs/tasks/tools/",
  },
  // The first with `helm uninstall --cascade`.
  helm: {
    versionCommand: ["helm", "version", "--short"],
    minVersion: "3.12",
    installUrl: "https://helm.sh/docs/intro/install/",
  },
} as const satisfies Record<string, KubernetesTool>;

type KubernetesToolName = keyof typeof KUBERNETES_TOOLS;

/** Seconds for a tool to print its version. */
const VERSION_TIMEOUT_S = 20;

/** Reports a tool that is missing or too old. @param requiredFor what needs the tool: `kind clusters` */
export async function toolProblems(
  shell: Shell,
  name: KubernetesToolName,
  requiredFor: string,
): Promise<readonly Problem[]> {
  const { versionCommand, installUrl } = KUBERNETES_TOOLS[name];
  const { startError, stdout } = await shell.exec(versionCommand, { timeout: VERSION_TIMEOUT_S });
  if (startError !== null) return [{ message: `${name} not found (required for ${requiredFor})`, fix: installUrl }];
  return versionProblems(name, stdout);
}

/** Accepts a tool that prints no version. Pure. @param versionOutput output of the version command */
export function versionProblems(name: KubernetesToolName, versionOutput: string): readonly Problem[] {
  const { minVersion, installUrl } = KUBERNETES_TOOLS[name];
  const version = parse(/\d+\.\d+\.\d+/.exec(versionOutput)?.[0]);
  if (version === null || satisfies(version, `>=${minVersion}`)) return [];
  const { major, minor } = version;
  return [{ message: `${name} ${major}.${minor} is too old; need ${minVersion} or later`, fix: installUrl }];
}
