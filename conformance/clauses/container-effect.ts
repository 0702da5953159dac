/** Observes whether the plugin under test changes the container: a plugin that does not needs no namespace there. */
import { succeeded } from "../../core/shell.ts";
import { changedAttributes, readAttributes, type Attributes } from "../node/attributes.ts";
import { difference, takeSnapshot, type Snapshot } from "../node/snapshot.ts";
import type { TestAttachment } from "./attachment.ts";
import type { ClauseContext } from "./clause-context.ts";
import { oncePerNetwork } from "./once-per-network.ts";
import { asDelInput } from "./operations.ts";
import { withResult } from "./with-result.ts";

/** Reason why a clause about the namespace of a container does not apply. */
export const NO_EFFECT = "ADD changes nothing in the container";

/**
 * Reports whether ADD of the plugin under test changes the container, observed once for each network. Plugins that are
 * not chained always do; a chained plugin whose ADD fails does not.
 * @throws Skip when ADD of an earlier plugin fails
 */
export async function changesContainer(context: ClauseContext): Promise<boolean> {
  if (!context.underTest.kinds.includes("chained")) return true;
  return oncePerNetwork(context, "container-effect", () => observeEffect(context));
}

async function observeEffect(context: ClauseContext): Promise<boolean> {
  const target = await context.createContainer();
  const before = await readContainer(context, target);
  const added = await context.invokeTarget("ADD", target);
  if (!succeeded(added.output)) return false;
  const after = await readContainer(context, target);
  await context.invokeTarget("DEL", asDelInput(context, withResult(target, added)));
  return (
    difference(before.state, after.state).length > 0 ||
    changedAttributes(before.attributes, after.attributes).length > 0
  );
}

interface ContainerState {
  readonly state: Snapshot;
  readonly attributes: Attributes;
}

async function readContainer(context: ClauseContext, target: TestAttachment): Promise<ContainerState> {
  const [snapshot, attributes] = await Promise.all([
    takeSnapshot(context, { firewall: false }),
    readAttributes(target),
  ]);
  return { state: snapshot.filter((line) => line.startsWith(`${target.container.name}: `)), attributes };
}
