/** The kinds of cluster, by name. */
import type { ClusterKind } from "./cluster.ts";
import { kind } from "./kind/kind.ts";
import { netns } from "./netns/netns.ts";
import { vm } from "./vm/vm.ts";

export const clusters = { netns, vm, kind } as const satisfies Record<string, ClusterKind>;
