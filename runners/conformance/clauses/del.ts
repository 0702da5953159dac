/** DEL: takes away what ADD made, and may be called more than once, or for nothing. */
import { run, succeeded } from "../../../core/shell.ts";
import { describeCall } from "../plugin-output.ts";
import { Skip, notApplicableUnless, demand, skipUnless, type Clause } from "../clause.ts";
import { demandLeaseReleased, demandNoLease } from "../leases.ts";
import { addedSince } from "../node-objects.ts";
import { takeSnapshot } from "../snapshot.ts";
import { readNetState, type Link } from "../net-state.ts";
import { doesNothing } from "../plugin-under-test.ts";
import type { Overrides, AddedAttachment, ClauseContext } from "../clause-context.ts";
import { addAndObserve, containerLink, type ObservedAdd } from "../observed.ts";

const SECTION = "2-DEL";

async function succeeds(context: ClauseContext): Promise<void> {
  const { ok, last } = await context.del(await context.add());
  demand(ok, "DEL to succeed after ADD", describeCall(last));
}

/** The node's end of a pair whose other end is in the container, when ADD made it. */
function otherEnd({ node, nodeBefore }: ObservedAdd, link: Link): Link | undefined {
  const made = node.links.filter(
    ({ index, kind }) => kind === "veth" && !nodeBefore.links.some((old) => old.index === index),
  );
  return made.find(
    ({ index, peer, peerInOtherNamespace: peerElsewhere }) =>
      link.peerInOtherNamespace && peerElsewhere && index === link.peer && peer === link.index,
  );
}

async function deletesLink(context: ClauseContext): Promise<void> {
  const observed = await addAndObserve(context);
  const link = containerLink(observed);
  const end = otherEnd(observed, link);
  await context.del(observed.added);
  const inside = (await readNetState(observed.added.container.shell)).links;
  demand(
    !inside.some(({ name }) => name === link.name),
    `no ${link.name} in the container after DEL`,
    `${link.name} is still there`,
  );
  const node = (await readNetState(context.testNode.shell)).links;
  demand(
    end === undefined || !node.some(({ index }) => index === end.index),
    `the other end ${end?.name ?? ""} gone from the node after DEL`,
    "it is still there",
  );
}

async function freesAddress(context: ClauseContext): Promise<void> {
  await demandLeaseReleased(context, "after DEL", async (which, added) => void (await which.del(added)));
}

async function mayBeRepeated(context: ClauseContext): Promise<void> {
  const added = await context.add();
  const first = await context.del(added);
  // Whether the first succeeds is del.ok, but a DEL that never does may not be repeated either.
  for (const count of first.ok ? ["second", "third"] : ["second"]) {
    const { ok, last } = await context.del(added);
    demand(ok, `a ${count} DEL to succeed`, describeCall(last));
  }
}

async function forgivesUnknown(context: ClauseContext): Promise<void> {
  const { ok, last } = await context.del(await context.createContainer());
  demand(ok, "DEL of a container that was never added to succeed", describeCall(last));
}

/** DEL after something else took a part away: it succeeds, and what is left of the attachment goes. */
async function delAfter(
  context: ClauseContext,
  what: string,
  deed: (added: AddedAttachment, context: ClauseContext) => Promise<void>,
  changes: Overrides = {},
): Promise<void> {
  const delIt = async (which: ClauseContext, added: AddedAttachment): Promise<void> => {
    await deed(added, which);
    // Not the whole list: those before the plugin under test have clauses of their own.
    const call = await which.invokeTarget("DEL", which.atLeast("0.4.0") ? added : { ...added, raw: null }, changes);
    demand(succeeded(call.output), `DEL ${what} to succeed`, describeCall(call));
    // A link that DEL has left is for other clauses; with ipvlan no other one could have its address.
    await added.container.shell.exec(["ip", "link", "delete", "dev", added.ifName]);
  };
  if (context.underTest.kinds.includes("chained")) return delIt(context, await context.add());
  await delIt(context, await context.add());
  await freedIfSeen(context, what, delIt);
}

/** What keeps no file and has no pool that can be made small has nothing to be seen. */
async function freedIfSeen(
  context: ClauseContext,
  what: string,
  deed: (context: ClauseContext, added: AddedAttachment) => Promise<void>,
): Promise<void> {
  const seen = await demandLeaseReleased(context, `after DEL ${what}`, deed).then(
    () => null,
    (error: unknown) => error,
  );
  if (seen instanceof Error && !(seen instanceof Skip)) throw seen;
}

async function linkGone(context: ClauseContext): Promise<void> {
  const remove = async ({ container, ifName }: AddedAttachment): Promise<void> =>
    void (await run(container.shell, ["ip", "link", "delete", "dev", ifName]));
  await delAfter(context, "after the link was deleted", remove);
  await delAfter(context, "after the container renamed the link", async ({ container, ifName }) => {
    await run(container.shell, [
      "sh",
      "-ec",
      `ip link set dev "$1" down; ip link set dev "$1" name renamed0`,
      "sh",
      ifName,
    ]);
  });
}

async function netnsGone({ container }: AddedAttachment, context: ClauseContext): Promise<void> {
  await run(context.testNode.shell, ["ip", "netns", "delete", container.id]);
}

/** The path is still there, but a plain file: the mount over it is gone. */
async function netnsUnmounted({ container }: AddedAttachment, context: ClauseContext): Promise<void> {
  await run(context.testNode.shell, ["umount", container.netns]);
}

async function withoutNetns(context: ClauseContext): Promise<void> {
  const links = async (): Promise<string[]> =>
    (await readNetState(context.testNode.shell)).links.map(({ name }) => name);
  const before = await links();
  for (const value of [undefined, ""])
    await delAfter(context, `with CNI_NETNS ${value === undefined ? "unset" : "empty"}`, async () => undefined, {
      env: { CNI_NETNS: value },
    });
  const after = await links();
  const gone = before.filter((name) => !after.includes(name));
  demand(gone.length === 0, "the node's own links there after DEL without CNI_NETNS", `${gone.join(", ")} gone`);
}

async function createsNoPath(context: ClauseContext): Promise<void> {
  const added = await context.add();
  await netnsGone(added, context);
  await context.del(added);
  const exists = succeeded(await context.testNode.shell.exec(["test", "-e", added.container.netns]));
  demand(!exists, `nothing at ${added.container.netns} after DEL`, "something was made there");
}

/** What is new on the node and in the container after ADD and DEL of the plugin under test alone. */
async function leftAfter(context: ClauseContext, changes: Overrides): Promise<string[]> {
  const target = await context.createContainer();
  const before = await takeSnapshot(context);
  await context.invokeTarget("DEL", await context.add(target), changes);
  return addedSince(before, await takeSnapshot(context));
}

async function withoutPrevResult(context: ClauseContext): Promise<void> {
  await delAfter(context, "without prevResult", async () => undefined, { prevResult: null });
  if (context.underTest.kinds.includes("chained")) {
    // What DEL with prevResult leaves is judged by other clauses.
    const [usual, left] = [await leftAfter(context, {}), await leftAfter(context, { prevResult: null })];
    demand(
      left.length <= usual.length,
      "DEL without prevResult to leave no more than with it",
      `${left.length} things left`,
      left,
    );
  }
  if (context.underTest.kinds.includes("interface")) {
    const added = await context.add();
    await context.del(added, { prevResult: null });
    const left = (await readNetState(added.container.shell)).links.some(({ name }) => name === added.ifName);
    demand(!left, `no ${added.ifName} after DEL without prevResult`, "it is still there");
  }
}

async function emptyPrevResult(context: ClauseContext): Promise<void> {
  for (const prevResult of [{}, null]) {
    const { ok, last } = await context.del(await context.add(), { request: (request) => ({ ...request, prevResult }) });
    demand(ok, `DEL with prevResult ${JSON.stringify(prevResult)} to succeed`, describeCall(last));
  }
}

/** The runtime must delete after a failed ADD too, so this DEL has to work. */
async function afterFailedAdd(context: ClauseContext): Promise<void> {
  const target = await context.createContainer();
  const failed = await context.invokeTarget("ADD", {
    ...target,
    container: { ...target.container, netns: "/run/netns/nowhere" },
  });
  notApplicableUnless(
    !succeeded(failed.output) || !doesNothing(context.underTest),
    "the configuration asks for no change, so ADD needs no namespace",
  );
  skipUnless(
    !succeeded(failed.output) || context.underTest.kinds.includes("ipam"),
    "ADD with a missing namespace succeeds",
  );
  const { ok, last } = await context.del(target);
  demand(ok, "DEL after a failed ADD to succeed", describeCall(last));
  await demandNoLease(context, target);
}

const softer = { before: "1.0.0", level: "SHOULD" } as const;

export const del = [
  { id: "del.ok", level: "MUST", section: SECTION, sentence: "DEL succeeds after ADD.", test: succeeds },
  {
    id: "del.link",
    level: "MUST",
    kinds: ["interface"],
    section: SECTION,
    sentence: "DEL removes CNI_IFNAME and its peer.",
    test: deletesLink,
  },
  {
    id: "del.lease",
    level: "derived",
    kinds: ["interface", "ipam", "delegating"],
    section: SECTION,
    sentence: "DEL releases the address.",
    test: freesAddress,
  },
  {
    id: "del.idempotent",
    level: "MUST",
    earlier: softer,
    since: "0.3.0",
    section: SECTION,
    sentence: "A repeated DEL succeeds.",
    test: mayBeRepeated,
  },
  {
    id: "del.never-added",
    level: "MUST",
    earlier: softer,
    since: "0.3.0",
    section: SECTION,
    sentence: "DEL of a container that was never added succeeds.",
    test: forgivesUnknown,
  },
  {
    id: "del.link.gone",
    level: "MUST",
    earlier: softer,
    since: "0.3.0",
    kinds: ["interface", "chained", "delegating"],
    section: SECTION,
    sentence: "DEL succeeds when the link was deleted or renamed, and releases the address.",
    test: linkGone,
  },
  {
    id: "del.netns.unset",
    level: "MUST",
    earlier: softer,
    since: "0.4.0",
    section: SECTION,
    sentence: "DEL succeeds without CNI_NETNS, and releases the address.",
    test: withoutNetns,
  },
  {
    id: "del.netns.gone",
    level: "SHOULD",
    since: "0.3.0",
    section: SECTION,
    sentence: "DEL succeeds when the namespace in CNI_NETNS no longer exists, and releases the address.",
    test: (context) => delAfter(context, "after the namespace was deleted", netnsGone),
  },
  {
    id: "del.netns.notnetns",
    level: "SHOULD",
    since: "0.3.0",
    section: SECTION,
    sentence: "DEL succeeds when CNI_NETNS is no longer a namespace, and releases the address.",
    test: (context) => delAfter(context, "after the namespace was unmounted", netnsUnmounted),
  },
  {
    id: "del.sideeffect.path",
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
    section: SECTION,
    sentence: "DEL succeeds without prevResult, and removes everything.",
    test: withoutPrevResult,
  },
  {
    id: "del.prevresult.empty",
    level: "SHOULD",
    since: "0.4.0",
    section: SECTION,
    sentence: "DEL succeeds with an empty prevResult.",
    test: emptyPrevResult,
  },
  {
    id: "del.after-failed-add",
    level: "MUST",
    since: "0.3.0",
    section: "3-Lifecycle",
    sentence: "DEL succeeds after a failed ADD.",
    test: afterFailedAdd,
  },
] as const satisfies readonly Clause[];
