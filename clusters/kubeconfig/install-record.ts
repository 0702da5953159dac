/**
 * The mark of a plugin that cnibench has put on a cluster of the user's: a namespace that is there as long as the plugin is, so that
 * it is found after a crash, and a second one is not put beside it.
 */
import { EnvironmentError, printable } from "../../core/errors.ts";
import { stringAt } from "../../core/json.ts";
import { namespaceObject } from "../kubernetes/namespace.ts";
import type { Kubectl } from "../kubernetes/kubectl.ts";
import { readOwner, type NamespaceOwner } from "./owner.ts";

/** A cluster has one plugin, so one name will do. */
export const INSTALL_RECORD_NAMESPACE = "cnibench-installed";
const PLUGIN_ANNOTATION = "cnibench.dev/plugin";
const LOAD_IMAGE_ANNOTATION = "cnibench.dev/load-image";

export interface InstallRecord extends NamespaceOwner {
  /** As `--plugins` names it: `flannel@v0.28.1`. */
  readonly reference: string;
  readonly loadImage: string;
}

/** null: nothing is installed by cnibench. */
export async function readInstallRecord(kubectl: Kubectl, signal: AbortSignal): Promise<InstallRecord | null> {
  const [found] = await kubectl.list(["namespaces", "--field-selector", `metadata.name=${INSTALL_RECORD_NAMESPACE}`], {
    signal,
  });
  if (found === undefined) return null;
  const annotation = (key: string): string => stringAt(found, "metadata", "annotations", key) ?? "";
  return {
    ...readOwner(found),
    reference: annotation(PLUGIN_ANNOTATION),
    loadImage: annotation(LOAD_IMAGE_ANNOTATION),
  };
}

/** @throws EnvironmentError when there is one already. */
export async function createInstallRecord(
  kubectl: Kubectl,
  { reference, loadImage }: Pick<InstallRecord, "reference" | "loadImage">,
  signal: AbortSignal,
): Promise<void> {
  const existing = await readInstallRecord(kubectl, signal);
  if (existing !== null) throw new EnvironmentError(describeLeftover(existing, kubectl.access.context));
  const namespace = namespaceObject(INSTALL_RECORD_NAMESPACE);
  const annotations = {
    ...namespace.metadata.annotations,
    [PLUGIN_ANNOTATION]: reference,
    [LOAD_IMAGE_ANNOTATION]: loadImage,
  };
  await kubectl.create([{ ...namespace, metadata: { ...namespace.metadata, annotations } }], { signal });
}

export async function deleteInstallRecord(kubectl: Kubectl): Promise<void> {
  await kubectl.run(["delete", "namespace", INSTALL_RECORD_NAMESPACE, "--ignore-not-found"]);
}

/** What stands in the way of another installation, and what to do. */
export function describeLeftover({ reference, host, pid }: InstallRecord, context: string): string {
  return `cnibench has put ${printable(reference)} on the cluster of context ${context} (process ${pid} on ${host}); take it off with: cnibench clean --context ${context}`;
}
