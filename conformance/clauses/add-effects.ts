/** ADD: the interface that it creates in the container. */
import { withSharedFacts } from "./clause.ts";
import { demand } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import { observeAddOnce, containerLink, unusualIfName } from "../node/observed.ts";

async function createsInterface(context: ClauseContext): Promise<void> {
  const { added, inside, insideBefore, node } = await observeAddOnce(context, unusualIfName(context));
  const names = inside.links.map(({ name }) => name);
  demand(
    !insideBefore.links.some(({ name }) => name === added.ifName) && names.includes(added.ifName),
    `a new link ${added.ifName} in the container`,
    names.join(", "),
  );
  const stray = node.links.find(({ name }) => name === added.ifName);
  demand(stray === undefined, `${added.ifName} in the container only`, "one on the node, too");
}

async function bringsInterfaceUp(context: ClauseContext): Promise<void> {
  const link = containerLink(await observeAddOnce(context));
  demand(link.up, `${link.name} up`, "down");
  // Links such as loopback report no carrier.
  demand(link.carrier || link.kind === "", `the peer of ${link.name} up`, "no carrier");
}

export const addEffects = withSharedFacts({ chain: "whole" }, [
  {
    id: "add.creates",
    level: "MUST",
    kinds: ["interface"],
    core: true,
    section: "2-ADD",
    sentence: "ADD creates CNI_IFNAME in the container and nowhere else.",
    test: createsInterface,
  },
  {
    id: "add.up",
    level: "derived",
    kinds: ["interface"],
    core: true,
    section: "2-ADD",
    sentence: "After ADD, the container's interface and its peer are up.",
    test: bringsInterfaceUp,
  },
]);
