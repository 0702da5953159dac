/** The text of a known change, which all formats share. External text is not escaped here. */
import type { RunComparison } from "../../results/index.ts";

/** `quick/pods/bridge/netns/same-node/add-time: sets one more sysctl (until 2027-01-31; matched)` */
export function knownText({ entry, state }: RunComparison["known"][number]): string {
  return `${entry.cell ?? entry.clause}: ${entry.reason} (until ${entry.expires}; ${state})`;
}
