/** A container as a test sees it: a network namespace, and the names by which a plugin knows it. */
import type { Shell } from "../../core/shell.ts";

/** State of the loopback link of a container; `down` for a plugin that sets it up. */
export type Loopback = "up" | "down";

/** The names by which a plugin knows a container. */
export interface ContainerIdentity {
  /** Value of CNI_CONTAINERID. */
  readonly id: string;
  /** Name of its pod, for CNI_ARGS. */
  readonly podName: string;
}

/** A network namespace as a container runtime creates it. */
export interface TestContainer extends ContainerIdentity {
  /** Name of its namespace file in /run/netns. */
  readonly name: string;
  readonly netns: string;
  readonly shell: Shell;
}
