/** The kinds of cluster, by name. */
import type { ClusterKind } from "./cluster.ts";
import { netns } from "./netns/netns.ts";

export const clusters = { netns } as const satisfies Record<string, ClusterKind>;
