/** What a black box cannot tell about a plugin: its kind, a configuration, what it is able to do, and known deviations. */
import type { NetworkConfigList } from "../../cni/types.ts";
import type { SpecVersion } from "../../cni/version.ts";
import type { Kind } from "./clause.ts";
import { OPERATION_LIMIT, guessKinds, type Subject } from "./subject.ts";

/** A deviation that is reported as known: never as passed, and still part of the verdict. */
export interface KnownDeviation {
  readonly clause: string;
  /** Empty: in every version. */
  readonly versions: readonly SpecVersion[];
  readonly reason: string;
}

export interface Profile extends Pick<Subject, "kinds" | "target" | "operationLimit" | "prepare" | "layer2" | "gateway" | "changes" | "configured"> {
  readonly known: readonly KnownDeviation[];
}

/**
 * For a plugin that nobody described: from its configuration alone.
 * @param target which plugin of the list is under test; the first stands for the list as a whole.
 */
export function guessProfile(list: NetworkConfigList, target = 0, kind?: Kind): Profile {
  const guess = guessKinds(list, target);
  const kinds = kind === undefined ? guess : [kind, ...guess.filter((other) => other === "delegating")];
  return { kinds, target, operationLimit: OPERATION_LIMIT, layer2: false, gateway: false, changes: false, configured: [], known: [] };
}
