/** The registry of cluster kinds. */
import type { ClusterKind } from "./cluster.ts";
import { kind } from "./kind/kind.ts";
import { kubeconfig } from "./kubeconfig/kubeconfig.ts";
import { netns } from "./netns/netns.ts";
import { vm } from "./vm/vm.ts";

export const clusters = { netns, vm, kind, kubeconfig } as const satisfies Record<string, ClusterKind>;
