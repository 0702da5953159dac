/** The registry of cluster kinds, and their contract. */
import type { ClusterKind } from "./cluster-kind.ts";
import { kind } from "./kind/kind.ts";
import { kubeconfig } from "./kubeconfig/kubeconfig.ts";
import { netns } from "./netns/netns.ts";
import { vm } from "./vm/vm.ts";

export type * from "./cluster.ts";
export type * from "./cluster-kind.ts";
export type * from "./existing.ts";
export type * from "./option-spec.ts";

export const clusters = { netns, vm, kind, kubeconfig } as const satisfies Record<string, ClusterKind>;

/** The kinds that `--cluster auto` chooses from, in the order of its preference. */
export const autoKinds: readonly ClusterKind[] = Object.values<ClusterKind>(clusters)
  .filter(({ auto }) => auto === true)
  .toSorted((a, b) => a.deploySeconds - b.deploySeconds);

/** Returns the kind that `--cluster auto` prefers, among those with an API if it is given. */
export function preferredKind(api?: ClusterKind["api"]): ClusterKind {
  const kind = autoKinds.find((one) => api === undefined || one.api === api);
  if (kind === undefined) throw new Error(`--cluster auto chooses no kind with the API ${api}`);
  return kind;
}

export type { BareKind, ClusterKind, KubernetesKind } from "./cluster-kind.ts";
export type {
  BareCluster,
  Cluster,
  ClusterSpec,
  InstallableCluster,
  InstallationFacts,
  KubernetesCluster,
} from "./cluster.ts";
export type { ClusterInspection, ExistingSelection, InstallAccess, InstallTarget } from "./existing.ts";
export { describeInstalled } from "./existing.ts";
export { optionsOf } from "./kind-options.ts";
export { kind } from "./kind/kind.ts";
export type { KindSpec } from "./kind/kind.ts";
export { netns } from "./netns/netns.ts";
export type { OptionCommand, OptionSpec } from "./option-spec.ts";
export { chooseImage } from "./vm/image.ts";
export { DEFAULT_MACHINE } from "./vm/options.ts";
export { platformOf } from "./vm/platform.ts";
export { processorArgs } from "./vm/qemu-command.ts";
export { builtImageDir, vm } from "./vm/vm.ts";
