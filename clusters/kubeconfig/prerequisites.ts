/** Checks the tools and the permissions for existing clusters. Creates nothing. */
import { EnvironmentError, UsageError, type Problem } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import {
  deniedInstallPermissions,
  deniedPermissions,
  describePermission,
  type Kubectl,
  type Permission,
  toolProblems,
} from "../../kubernetes/index.ts";
import { openAccess } from "./access.ts";
import type { ExistingSpec } from "./options.ts";
import { PULL_SECRET_PERMISSIONS, RUN_PERMISSIONS } from "./run-permissions.ts";

/** Reports a missing tool, and with options of a cluster the permissions that the user lacks for a run. */
export async function checkRun(host: Host, spec?: ExistingSpec): Promise<readonly Problem[]> {
  const missingTool = await toolProblems(host.shell, "kubectl", "kubeconfig clusters");
  if (missingTool.length > 0) return missingTool;
  if (spec?.options === undefined) return [];
  const { context, pullSecrets } = spec.options;
  const needed = pullSecrets.length === 0 ? RUN_PERMISSIONS : [...RUN_PERMISSIONS, ...PULL_SECRET_PERMISSIONS];
  return permissionProblems(host, context, (kubectl) => deniedPermissions(kubectl, needed, host.signal));
}

/**
 * Reports the permissions that the user lacks for creating and deleting these objects.
 * @param context null: the current context
 */
export async function checkInstallPermissions(
  host: Host,
  context: string | null,
  objects: readonly unknown[],
): Promise<readonly Problem[]> {
  return permissionProblems(host, context, (kubectl) => deniedInstallPermissions(kubectl, objects, host.signal));
}

/** Opens a cluster and reports the permissions that `denied` returns, or why the cluster cannot be opened. */
async function permissionProblems(
  host: Host,
  context: string | null,
  denied: (kubectl: Kubectl) => Promise<readonly Permission[]>,
): Promise<readonly Problem[]> {
  try {
    const { kubectl, close } = await openAccess(host, context);
    const missing = await denied(kubectl).finally(close);
    return missing.length === 0 ? [] : [missingPermissionsProblem(kubectl, missing)];
  } catch (error) {
    host.signal.throwIfAborted();
    if (error instanceof EnvironmentError || error instanceof UsageError) return [{ message: error.message }];
    throw error;
  }
}

/** Reports permissions that the user lacks. */
export function missingPermissionsProblem({ access }: Kubectl, denied: readonly Permission[]): Required<Problem> {
  const list = denied.map((one) => `  ${describePermission(one)}`).join("\n");
  return {
    message: `the user of context ${access.context} lacks permissions:\n${list}\n`,
    fix: "ask for a role that grants them, or use another context",
  };
}
