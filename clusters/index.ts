/** The registry of cluster kinds, and their contract. */
import type { ClusterKind } from "./cluster-kind.ts";
import { kind } from "./kind/kind.ts";
import { kubeconfig } from "./kubeconfig/kubeconfig.ts";
import { netns } from "./netns/netns.ts";
import { vm } from "./vm/vm.ts";

export type * from "./cluster.ts";
export type * from "./cluster-kind.ts";
export type * from "./existing.ts";
export type * from "./options.ts";

export const clusters = { netns, vm, kind, kubeconfig } as const satisfies Record<string, ClusterKind>;
