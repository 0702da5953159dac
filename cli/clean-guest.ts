/** Takes off a cluster of the user's what a killed run has installed there. */
import { hostname } from "node:os";
import { openAccess } from "../clusters/kubeconfig/access.ts";
import { MARK, readMark } from "../clusters/kubeconfig/mark.ts";
import { whoseStill } from "../clusters/kubeconfig/owned.ts";
import { OWNER_HOST, OWNER_PROCESS } from "../clusters/kubernetes/home.ts";
import { EnvironmentError } from "../core/errors.ts";
import { takeOff } from "../engine/guest.ts";
import { choosePlugins } from "./plugins.ts";

/** @returns what was done, as sentences; empty: there was nothing to do. @throws EnvironmentError */
export async function cleanGuest(context: string): Promise<readonly string[]> {
  const { kubectl, close } = await openAccess(context, new AbortController().signal);
  const mark = await readMark(kubectl, new AbortController().signal).finally(close);
  if (mark === null) return [];
  const by = whoseStill(mark);
  if (by !== null)
    return [
      `${mark.reference} was left on the cluster: it is of ${by}; if that is gone: kubectl --context ${context} annotate --overwrite namespace ${MARK} ${OWNER_HOST}=${hostname()} ${OWNER_PROCESS}=0, then clean again`,
    ];
  const problems: string[] = [];
  const [plugin] = choosePlugins({ plugins: [mark.reference] }, problems);
  if (plugin === undefined)
    throw new EnvironmentError(
      `what a killed run has installed (${mark.reference}) is not known any more: ${problems.join("; ")}; take it off by hand, then: kubectl --context ${context} delete namespace ${mark.name}`,
    );
  return takeOff(plugin, { context, loadImage: mark.loadImage });
}
