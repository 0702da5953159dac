/** What an attachment has on the node besides its link goes with it, even when the container is gone already. */
import { run } from "../../../core/shell.ts";
import { describeCall } from "../plugin-output.ts";
import { notApplicableUnless, demand, skipUnless, type Clause } from "../clause.ts";
import { addedSince, readNodeObjects } from "../node-objects.ts";
import { DELETE_CONTAINER_SCRIPT } from "../test-node.ts";
import type { AddedAttachment, ClauseContext } from "../clause-context.ts";

/** How an attachment loses its container, and how the plugin then hears of it. */
interface Teardown {
  readonly description: string;
  readonly abandon: (context: ClauseContext, added: AddedAttachment) => Promise<void>;
  readonly cleanUp: (context: ClauseContext, added: AddedAttachment) => Promise<void>;
}

/** Looks at a second container's life: the first has made what all of them share. */
async function clearsNode(
  context: ClauseContext,
  { description: when, abandon, cleanUp: end }: Teardown,
): Promise<void> {
  await context.del(await context.add());
  const target = await context.createContainer();
  const before = await readNodeObjects(context);
  const added = await context.add(target);
  await abandon(context, added);
  const stale = addedSince(before, await readNodeObjects(context));
  notApplicableUnless(stale.length > 0, "nothing of an attachment on the node is left when its container is gone");
  await end(context, added);
  const left = addedSince(before, await readNodeObjects(context));
  demand(
    left.length === 0,
    `everything of the attachment on the node gone ${when}`,
    `${left.length} things are left`,
    left,
  );
}

async function netnsGone({ testNode: surroundings }: ClauseContext, { container }: AddedAttachment): Promise<void> {
  await run(surroundings.shell, ["sh", "-c", DELETE_CONTAINER_SCRIPT, "sh", container.id]);
  surroundings.forget(container);
}

/** Those before the plugin under test have clauses of their own. */
async function delOfIt(context: ClauseContext, added: AddedAttachment): Promise<void> {
  const call = await context.invokeTarget("DEL", context.atLeast("0.4.0") ? added : { ...added, raw: null });
  skipUnless(call.output.exitCode === 0, `DEL fails: ${describeCall(call)}`);
}

async function delWithoutNetns(context: ClauseContext, added: AddedAttachment): Promise<void> {
  const call = await context.invokeTarget("DEL", added, { env: { CNI_NETNS: "" } });
  skipUnless(call.output.exitCode === 0, `DEL without CNI_NETNS fails: ${describeCall(call)}`);
}

async function collected(context: ClauseContext): Promise<void> {
  const { ok, last } = await context.gc([]);
  skipUnless(ok, `GC fails: ${describeCall(last)}`);
}

const KINDS = ["interface", "chained"] as const;
const stays = async (): Promise<void> => undefined;

export const hostCleanup = [
  {
    id: "del.netns.gone.host",
    level: "SHOULD",
    since: "0.3.0",
    kinds: KINDS,
    section: "2-DEL",
    sentence: "DEL removes the attachment's objects on the node even when the namespace no longer exists.",
    test: (context) =>
      clearsNode(context, {
        description: "after the namespace was deleted, and DEL",
        abandon: netnsGone,
        cleanUp: delOfIt,
      }),
  },
  {
    id: "del.netns.unset.host",
    level: "SHOULD",
    since: "0.4.0",
    kinds: KINDS,
    section: "0.4.0 DEL",
    sentence:
      "DEL without CNI_NETNS removes the attachment's objects on the node, including the node's end of the link.",
    test: (context) =>
      clearsNode(context, { description: "after DEL without CNI_NETNS", abandon: stays, cleanUp: delWithoutNetns }),
  },
  {
    id: "gc.stale.host",
    level: "SHOULD",
    since: "1.1.0",
    kinds: KINDS,
    section: "2-GC",
    sentence: "GC removes the objects on the node that belong to attachments that are not valid.",
    test: (context) =>
      clearsNode(context, {
        description: "after the namespace was deleted, and GC",
        abandon: netnsGone,
        cleanUp: collected,
      }),
  },
] as const satisfies readonly Clause[];
