/** DEL: succeeds and releases the address when the link, the namespace or prevResult is missing. */
import { run, succeeded } from "../../core/shell.ts";
import { describeCall } from "./call-output.ts";
import { withSharedFacts } from "./clause.ts";
import { Skip, notApplicableUnless, demand, skipUnless } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { AddedAttachment, Overrides } from "./attachment.ts";
import { changesContainer, NO_EFFECT } from "./container-effect.ts";
import { demandLeaseReleased, demandNoLease } from "./leases.ts";
import { readNetState } from "../node/net-state.ts";
import { addedSince, takeSnapshot } from "../node/snapshot.ts";
import { MISSING_NETNS, asDelInput, deleteLink, hasLink, withNetns } from "./operations.ts";

/** Removes a part of an attachment. */
type Removal = (added: AddedAttachment, context: ClauseContext) => Promise<void>;

const removeNothing: Removal = async () => undefined;

/**
 * Runs DEL after a part of the attachment was removed; DEL must succeed and release the rest.
 * @param circumstance completes "DEL ... to succeed"
 */
async function demandDelAfter(
  context: ClauseContext,
  circumstance: string,
  remove: Removal,
  overrides: Overrides = {},
): Promise<void> {
  const runDel = async (tested: ClauseContext, added: AddedAttachment): Promise<void> => {
    await remove(added, tested);
    // Only the plugin under test: the earlier plugins in the list are not judged here.
    const call = await tested.invokeTarget("DEL", asDelInput(tested, added), overrides);
    demand(succeeded(call.output), `DEL ${circumstance} to succeed`, describeCall(call));
    // A link that remains is judged by other clauses. With ipvlan, it would keep the address in use.
    await deleteLink(added);
  };
  if (context.underTest.kinds.includes("chained")) return runDel(context, await context.add());
  await runDel(context, await context.add());
  await demandReleasedIfVisible(context, `after DEL ${circumstance}`, runDel);
}

/** Not judged for a plugin that keeps no files and whose address pool cannot be reduced. */
async function demandReleasedIfVisible(
  context: ClauseContext,
  when: string,
  release: (context: ClauseContext, added: AddedAttachment) => Promise<void>,
): Promise<void> {
  const error = await demandLeaseReleased(context, when, release).then(
    () => null,
    (error: unknown) => error,
  );
  if (error instanceof Error && !(error instanceof Skip)) throw error;
}

async function succeedsWithoutLink(context: ClauseContext): Promise<void> {
  await demandDelAfter(context, "after the link was deleted", async ({ container, ifName }) => {
    await run(container.shell, ["ip", "link", "delete", "dev", ifName]);
  });
  const rename = `ip link set dev "$1" down; ip link set dev "$1" name renamed0`;
  await demandDelAfter(context, "after the link was renamed", async ({ container, ifName }) => {
    await run(container.shell, ["sh", "-ec", rename, "sh", ifName]);
  });
}

const deleteNetns: Removal = async ({ container }, context) => {
  await run(context.testNode.shell, ["ip", "netns", "delete", container.name]);
};

/** The path still exists, as a regular file. */
const unmountNetns: Removal = async ({ container }, context) => {
  await run(context.testNode.shell, ["umount", container.netns]);
};

async function succeedsWithoutNetns(context: ClauseContext): Promise<void> {
  const nodeLinks = async (): Promise<string[]> =>
    (await readNetState(context.testNode.shell)).links.map(({ name }) => name);
  const before = await nodeLinks();
  for (const value of [undefined, ""]) {
    const circumstance = `with CNI_NETNS ${value === undefined ? "unset" : "empty"}`;
    await demandDelAfter(context, circumstance, removeNothing, { env: { CNI_NETNS: value } });
  }
  const after = await nodeLinks();
  const deleted = before.filter((name) => !after.includes(name));
  demand(
    deleted.length === 0,
    "the node's own links preserved by DEL without CNI_NETNS",
    `${deleted.join(", ")} deleted`,
  );
}

async function createsNoPath(context: ClauseContext): Promise<void> {
  const added = await context.add();
  await deleteNetns(added, context);
  await context.del(added);
  const test = await context.testNode.shell.exec(["test", "-e", added.container.netns], { observes: true });
  demand(!succeeded(test), `nothing at ${added.container.netns} after DEL`, "a new file or directory");
}

/** New objects on the node and in the container after ADD, and DEL of the plugin under test alone. */
async function remainingAfterDel(context: ClauseContext, overrides: Overrides): Promise<string[]> {
  const target = await context.createContainer();
  const before = await takeSnapshot(context);
  await context.invokeTarget("DEL", await context.add(target), overrides);
  return addedSince(before, await takeSnapshot(context));
}

async function succeedsWithoutPrevResult(context: ClauseContext): Promise<void> {
  await demandDelAfter(context, "without prevResult", removeNothing, { prevResult: null });
  if (context.underTest.kinds.includes("chained")) {
    // Leftovers of DEL with prevResult are judged by other clauses.
    const usual = await remainingAfterDel(context, {});
    const left = await remainingAfterDel(context, { prevResult: null });
    demand(
      left.length <= usual.length,
      "DEL without prevResult to leave no more behind than with it",
      `${left.length} objects left`,
      left,
    );
  }
  if (context.underTest.kinds.includes("interface")) {
    const added = await context.add();
    await context.del(added, { prevResult: null });
    demand(!(await hasLink(added)), `no ${added.ifName} after DEL without prevResult`, `${added.ifName} still exists`);
  }
}

async function succeedsWithEmptyPrevResult(context: ClauseContext): Promise<void> {
  for (const prevResult of [{}, null]) {
    const { ok, last } = await context.del(await context.add(), {
      request: (request) => ({ ...request, prevResult }),
    });
    demand(ok, `DEL with prevResult ${JSON.stringify(prevResult)} to succeed`, describeCall(last));
  }
}

/** A container runtime must also run DEL after a failed ADD. */
async function succeedsAfterFailedAdd(context: ClauseContext): Promise<void> {
  const target = await context.createContainer();
  const failed = await context.invokeTarget("ADD", withNetns(target, MISSING_NETNS));
  notApplicableUnless(!succeeded(failed.output) || (await changesContainer(context)), NO_EFFECT);
  skipUnless(
    !succeeded(failed.output) || context.underTest.kinds.includes("ipam"),
    "ADD succeeds although the namespace does not exist",
  );
  const { ok, last } = await context.del(target);
  demand(ok, "DEL after a failed ADD to succeed", describeCall(last));
  await demandNoLease(context, target);
}

const SECTION = "2-DEL";
const BEFORE_100 = { before: "1.0.0", level: "SHOULD" } as const;

export const delMissing = withSharedFacts({ chain: "whole", needsChanges: true }, [
  {
    id: "del.link.gone",
    dependsOnVersion: false,
    level: "MUST",
    earlier: BEFORE_100,
    since: "0.3.0",
    kinds: ["interface", "chained", "delegating"],
    section: SECTION,
    sentence: "DEL succeeds when the link was deleted or renamed, and releases the address.",
    test: succeedsWithoutLink,
  },
  {
    id: "del.netns.unset",
    dependsOnVersion: false,
    level: "MUST",
    earlier: BEFORE_100,
    since: "0.4.0",
    section: SECTION,
    sentence: "DEL succeeds without CNI_NETNS, and releases the address.",
    test: succeedsWithoutNetns,
  },
  {
    id: "del.netns.gone",
    dependsOnVersion: false,
    level: "SHOULD",
    since: "0.3.0",
    node: true,
    section: SECTION,
    sentence: "DEL succeeds when the namespace in CNI_NETNS no longer exists, and releases the address.",
    test: (context) => demandDelAfter(context, "after the namespace was deleted", deleteNetns),
  },
  {
    id: "del.netns.notnetns",
    dependsOnVersion: false,
    level: "SHOULD",
    since: "0.3.0",
    section: SECTION,
    sentence: "DEL succeeds when CNI_NETNS is no longer a namespace, and releases the address.",
    test: (context) => demandDelAfter(context, "after the namespace was unmounted", unmountNetns),
  },
  {
    id: "del.sideeffect.path",
    dependsOnVersion: false,
    level: "derived",
    section: SECTION,
    sentence: "DEL creates nothing at CNI_NETNS.",
    test: createsNoPath,
  },
  {
    id: "del.prevresult.absent",
    level: "SHOULD",
    earlier: { before: "0.4.0", level: "MUST" },
    since: "0.3.0",
    chain: "each",
    containers: "several",
    section: SECTION,
    sentence: "DEL succeeds without prevResult, and removes everything.",
    test: succeedsWithoutPrevResult,
  },
  {
    id: "del.prevresult.empty",
    level: "SHOULD",
    since: "0.4.0",
    chain: "each",
    section: SECTION,
    sentence: "DEL succeeds with an empty prevResult.",
    test: succeedsWithEmptyPrevResult,
  },
  {
    id: "del.after-failed-add",
    dependsOnVersion: false,
    level: "MUST",
    since: "0.3.0",
    section: "3-Lifecycle",
    sentence: "DEL succeeds after a failed ADD.",
    test: succeedsAfterFailedAdd,
  },
]);
