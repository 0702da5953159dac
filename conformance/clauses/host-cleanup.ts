/** DEL and GC remove the objects of an attachment on the node, even when its container no longer exists. */
import { run } from "../../core/shell.ts";
import { describeCall } from "./call-output.ts";
import { withSharedFacts } from "./clause.ts";
import { notApplicableUnless, demand, skipUnless } from "./demand.ts";
import { addedSince, readNodeObjects } from "../node/snapshot.ts";
import { DELETE_CONTAINER_SCRIPT } from "../node/test-node.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { AddedAttachment } from "./attachment.ts";
import { asDelInput } from "./operations.ts";

/** A way to abandon a container, and the operation that must then clean up. */
interface Teardown {
  /** Completes "every object of the attachment on the node removed ...". */
  readonly description: string;
  readonly abandon: (context: ClauseContext, added: AddedAttachment) => Promise<void>;
  readonly cleanUp: (context: ClauseContext, added: AddedAttachment) => Promise<void>;
}

/** Inspects the second container, because the first one creates the shared objects. */
async function demandNodeCleaned(context: ClauseContext, { description, abandon, cleanUp }: Teardown): Promise<void> {
  await context.del(await context.add());
  const target = await context.createContainer();
  const before = await readNodeObjects(context);
  const added = await context.add(target);
  await abandon(context, added);
  const stale = addedSince(before, await readNodeObjects(context));
  notApplicableUnless(stale.length > 0, "an abandoned attachment has no objects on the node");
  await cleanUp(context, added);
  const left = addedSince(before, await readNodeObjects(context));
  demand(
    left.length === 0,
    `every object of the attachment on the node removed ${description}`,
    `${left.length} objects left`,
    left,
  );
}

async function deleteContainer({ testNode }: ClauseContext, { container }: AddedAttachment): Promise<void> {
  await run(testNode.shell, ["sh", "-c", DELETE_CONTAINER_SCRIPT, "sh", container.name]);
  testNode.forget(container);
}

/** Runs DEL of the plugin under test only: the earlier plugins in the list are not judged here. */
async function runDel(context: ClauseContext, added: AddedAttachment): Promise<void> {
  const call = await context.invokeTarget("DEL", asDelInput(context, added));
  skipUnless(call.output.exitCode === 0, `DEL fails: ${describeCall(call)}`);
}

async function runDelWithoutNetns(context: ClauseContext, added: AddedAttachment): Promise<void> {
  const call = await context.invokeTarget("DEL", added, { env: { CNI_NETNS: "" } });
  skipUnless(call.output.exitCode === 0, `DEL without CNI_NETNS fails: ${describeCall(call)}`);
}

async function runGc(context: ClauseContext): Promise<void> {
  const { ok, last } = await context.gc([]);
  skipUnless(ok, `GC fails: ${describeCall(last)}`);
}

const KINDS = ["interface", "chained"] as const;
const keepContainer = async (): Promise<void> => undefined;

export const hostCleanup = withSharedFacts({ dependsOnVersion: false, chain: "whole", needsChanges: true }, [
  {
    id: "del.netns.gone.host",
    level: "SHOULD",
    since: "0.3.0",
    kinds: KINDS,
    node: true,
    section: "2-DEL",
    sentence: "DEL removes the attachment's objects on the node even when the namespace no longer exists.",
    test: (context) =>
      demandNodeCleaned(context, {
        description: "by DEL after the namespace was deleted",
        abandon: deleteContainer,
        cleanUp: runDel,
      }),
  },
  {
    id: "del.netns.unset.host",
    level: "SHOULD",
    since: "0.4.0",
    kinds: KINDS,
    node: true,
    section: "0.4.0 DEL",
    sentence:
      "DEL without CNI_NETNS removes the attachment's objects on the node, including the node's end of the link.",
    test: (context) =>
      demandNodeCleaned(context, {
        description: "by DEL without CNI_NETNS",
        abandon: keepContainer,
        cleanUp: runDelWithoutNetns,
      }),
  },
  {
    id: "gc.stale.host",
    level: "SHOULD",
    since: "1.1.0",
    kinds: KINDS,
    node: true,
    section: "2-GC",
    sentence: "GC removes the objects on the node that belong to attachments that are not valid.",
    test: (context) =>
      demandNodeCleaned(context, {
        description: "by GC after the namespace was deleted",
        abandon: deleteContainer,
        cleanUp: runGc,
      }),
  },
]);
