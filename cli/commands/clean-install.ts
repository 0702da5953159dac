/** Uninstalls the plugin that a killed run left on an existing cluster. */
import { hostname } from "node:os";
import { openAccess } from "../../clusters/kubeconfig/access.ts";
import { INSTALL_RECORD_NAMESPACE, readInstallRecord } from "../../clusters/kubeconfig/install-record.ts";
import { describeActiveOwner } from "../../clusters/kubeconfig/owner.ts";
import { OWNER_HOST_ANNOTATION, OWNER_PID_ANNOTATION } from "../../kubernetes/namespace.ts";
import { EnvironmentError } from "../../core/errors.ts";
import { uninstall } from "../../engine/deploy/kubernetes/temporary-install.ts";
import { choosePlugins } from "../flags/plugins.ts";

/** @returns sentences that describe what was removed; empty if nothing was installed. @throws EnvironmentError */
export async function cleanInstall(context: string): Promise<readonly string[]> {
  const { kubectl, close } = await openAccess(context, new AbortController().signal);
  const record = await readInstallRecord(kubectl, new AbortController().signal).finally(close);
  if (record === null) return [];
  const owner = describeActiveOwner(record);
  if (owner !== null)
    return [
      `skipped ${record.reference}: installed by ${owner}; if that process no longer exists, run ` +
        `kubectl --context ${context} annotate --overwrite namespace ${INSTALL_RECORD_NAMESPACE} ` +
        `${OWNER_HOST_ANNOTATION}=${hostname()} ${OWNER_PID_ANNOTATION}=0, then clean again`,
    ];
  const problems: string[] = [];
  const [plugin] = choosePlugins({ plugins: [record.reference] }, problems);
  if (plugin === undefined)
    throw new EnvironmentError(
      `cannot uninstall ${record.reference}, left by a killed run: ${problems.join("; ")}; ` +
        `remove it manually, then run: kubectl --context ${context} delete namespace ${record.name}`,
    );
  return uninstall(plugin, { context, loadImage: record.loadImage });
}
