/**
 * The mark of a plugin that cnibench has put on a cluster of the user's: a namespace that is there as long as the plugin is, so that
 * it is found after a crash, and a second one is not put beside it.
 */
import { EnvironmentError, printable } from "../../core/errors.ts";
import { stringAt } from "../../core/json.ts";
import { namespaceObject } from "../kubernetes/home.ts";
import type { Kubectl } from "../kubernetes/kubectl.ts";
import { ownerOf, type Owned } from "./owned.ts";

/** A cluster has one plugin, so one name will do. */
export const MARK = "cnibench-installed";
const PLUGIN = "cnibench.dev/plugin";
const IMAGE = "cnibench.dev/load-image";

export interface Mark extends Owned {
  /** As `--plugins` names it: `flannel@v0.28.1`. */
  readonly reference: string;
  readonly loadImage: string;
}

/** null: nothing is installed by cnibench. */
export async function readMark(kubectl: Kubectl, signal: AbortSignal): Promise<Mark | null> {
  const [found] = await kubectl.list(["namespaces", "--field-selector", `metadata.name=${MARK}`], { signal });
  if (found === undefined) return null;
  const annotation = (key: string): string => stringAt(found, "metadata", "annotations", key) ?? "";
  return { ...ownerOf(found), reference: annotation(PLUGIN), loadImage: annotation(IMAGE) };
}

/** @throws EnvironmentError when there is one already. */
export async function setMark(
  kubectl: Kubectl,
  { reference, loadImage }: Pick<Mark, "reference" | "loadImage">,
  signal: AbortSignal,
): Promise<void> {
  const there = await readMark(kubectl, signal);
  if (there !== null) throw new EnvironmentError(leftBehind(there, kubectl.access.context));
  const namespace = namespaceObject(MARK);
  const annotations = { ...namespace.metadata.annotations, [PLUGIN]: reference, [IMAGE]: loadImage };
  await kubectl.create([{ ...namespace, metadata: { ...namespace.metadata, annotations } }], { signal });
}

export async function eraseMark(kubectl: Kubectl): Promise<void> {
  await kubectl.run(["delete", "namespace", MARK, "--ignore-not-found"]);
}

/** What stands in the way of another installation, and what to do. */
export function leftBehind({ reference, host, pid }: Mark, context: string): string {
  return `cnibench has put ${printable(reference)} on the cluster of context ${context} (process ${pid} on ${host}); take it off with: cnibench clean --context ${context}`;
}
