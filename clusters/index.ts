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
export { kind } from "./kind/kind.ts";
export type { KindSpec } from "./kind/kind.ts";
export { netns } from "./netns/netns.ts";
export type { OptionCommand, OptionSpec } from "./option-spec.ts";
export { chooseImage } from "./vm/image.ts";
export { DEFAULT_MACHINE } from "./vm/options.ts";
export { platformOf } from "./vm/platform.ts";
export { processorArgs } from "./vm/qemu-command.ts";
export { builtImageDir, vm } from "./vm/vm.ts";
