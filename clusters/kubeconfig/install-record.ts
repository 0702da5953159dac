/**
 * Records that cnibench installed a plugin on an existing cluster. The record is a namespace that exists as long as the
 * plugin does, so that `clean` finds the plugin after a crash, and no second one is installed next to it.
 */
import { EnvironmentError, printable } from "../../core/errors.ts";
import { type Kubectl, namespaceObject, readObject } from "../../kubernetes/index.ts";
import { readOwner, type NamespaceOwner } from "./owner.ts";

/** Name of the namespace. One is enough, because a cluster has one plugin. */
export const INSTALL_RECORD_NAMESPACE = "cnibench-installed";
const PLUGIN_ANNOTATION = "cnibench.dev/plugin";
const LOAD_IMAGE_ANNOTATION = "cnibench.dev/load-image";

/** The recorded plugin and the process that installed it. */
interface InstallRecord extends NamespaceOwner {
  /** Plugin as given in `--plugins`: `flannel@v0.28.1`. */
  readonly pluginSpec: string;
  readonly loadImage: string;
}

/** Returns null if no plugin was installed by cnibench. */
export async function readInstallRecord(kubectl: Kubectl, signal: AbortSignal): Promise<InstallRecord | null> {
  const [found] = await kubectl.list(["namespaces", "--field-selector", `metadata.name=${INSTALL_RECORD_NAMESPACE}`], {
    signal,
  });
  if (found === undefined) return null;
  const { annotations } = readObject(found);
  return {
    ...readOwner(found),
    pluginSpec: annotations[PLUGIN_ANNOTATION] ?? "",
    loadImage: annotations[LOAD_IMAGE_ANNOTATION] ?? "",
  };
}

/** Creates the record. @throws EnvironmentError if one exists already */
export async function createInstallRecord(
  kubectl: Kubectl,
  { pluginSpec, loadImage }: Pick<InstallRecord, "pluginSpec" | "loadImage">,
  signal: AbortSignal,
): Promise<void> {
  const existing = await readInstallRecord(kubectl, signal);
  if (existing !== null) throw new EnvironmentError(describeLeftover(existing, kubectl.access.context));
  const namespace = namespaceObject(kubectl.host, INSTALL_RECORD_NAMESPACE);
  const annotations = {
    ...namespace.metadata.annotations,
    [PLUGIN_ANNOTATION]: pluginSpec,
    [LOAD_IMAGE_ANNOTATION]: loadImage,
  };
  await kubectl.create([{ ...namespace, metadata: { ...namespace.metadata, annotations } }], { signal });
}

export async function deleteInstallRecord(kubectl: Kubectl): Promise<void> {
  await kubectl.run(["delete", "namespace", INSTALL_RECORD_NAMESPACE, "--ignore-not-found"]);
}

/** Describes a plugin that prevents another installation, and how to remove it. */
export function describeLeftover({ pluginSpec, host, pid }: InstallRecord, context: string): string {
  return (
    `the cluster of context ${context} still has ${printable(pluginSpec)}, installed by process ${pid} on ${host}; ` +
    `uninstall it with: cnibench clean --context ${context}`
  );
}
