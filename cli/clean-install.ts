/** Takes off a cluster of the user's what a killed run has installed there. */
import { hostname } from "node:os";
import { openAccess } from "../clusters/kubeconfig/access.ts";
import { INSTALL_RECORD_NAMESPACE, readInstallRecord } from "../clusters/kubeconfig/install-record.ts";
import { describeActiveOwner } from "../clusters/kubeconfig/owner.ts";
import { OWNER_HOST_ANNOTATION, OWNER_PID_ANNOTATION } from "../clusters/kubernetes/namespace.ts";
import { EnvironmentError } from "../core/errors.ts";
import { uninstall } from "../engine/temporary-install.ts";
import { choosePlugins } from "./plugins.ts";

/** @returns what was done, as sentences; empty: there was nothing to do. @throws EnvironmentError */
export async function cleanInstall(context: string): Promise<readonly string[]> {
  const { kubectl, close } = await openAccess(context, new AbortController().signal);
  const mark = await readInstallRecord(kubectl, new AbortController().signal).finally(close);
  if (mark === null) return [];
  const by = describeActiveOwner(mark);
  if (by !== null)
    return [
      `${mark.reference} was left on the cluster: it is of ${by}; if that is gone: kubectl --context ${context} annotate --overwrite namespace ${INSTALL_RECORD_NAMESPACE} ${OWNER_HOST_ANNOTATION}=${hostname()} ${OWNER_PID_ANNOTATION}=0, then clean again`,
    ];
  const problems: string[] = [];
  const [plugin] = choosePlugins({ plugins: [mark.reference] }, problems);
  if (plugin === undefined)
    throw new EnvironmentError(
      `what a killed run has installed (${mark.reference}) is not known any more: ${problems.join("; ")}; take it off by hand, then: kubectl --context ${context} delete namespace ${mark.name}`,
    );
  return uninstall(plugin, { context, loadImage: mark.loadImage });
}
