/** GC: takes away what attachments that are gone left behind, and nothing else. */
import { run } from "../../../core/shell.ts";
import type { JsonObject } from "../../../cni/json.ts";
import { demandRejected, describeCall } from "../plugin-output.ts";
import { Deviation, notApplicableUnless, demand, skipUnless, type Clause } from "../clause.ts";
import { demandLeaseReleased, filesMentioning } from "../leases.ts";
import { difference, takeSnapshot } from "../snapshot.ts";
import { doesNothing } from "../plugin-under-test.ts";
import type { AddedAttachment, Attachment, Overrides, ClauseContext } from "../clause-context.ts";
import { secondNetwork } from "../network-variants.ts";

const SECTION = "2-GC";
const since = "1.1.0" as const;
const NOTHING_COLLECTED = "GC collects nothing";

async function succeeds(context: ClauseContext): Promise<void> {
  const { ok, last } = await context.gc([await context.add()]);
  demand(ok, "GC with every attachment valid to succeed", describeCall(last));
}

async function needsNoIds(context: ClauseContext): Promise<void> {
  for (const value of [undefined, ""]) {
    const { ok, last } = await context.gc([], { env: { CNI_CONTAINERID: value, CNI_NETNS: value, CNI_IFNAME: value } });
    demand(ok, `GC with ids ${value === undefined ? "unset" : "empty"} to succeed`, describeCall(last));
  }
}

/** The container goes without DEL. */
async function abandon(context: ClauseContext, { container }: Attachment): Promise<void> {
  await run(context.testNode.shell, ["ip", "netns", "delete", container.id]);
}

async function freesStale(context: ClauseContext, changes: Overrides = {}): Promise<void> {
  await demandLeaseReleased(context, "after GC", async (which, added) => {
    await abandon(which, added);
    const { ok, last } = await which.gc([], changes);
    demand(ok, "GC to succeed", describeCall(last));
  });
}

/** Of a GC that collects nothing gc.stale.* tell; how it would collect cannot be seen. */
async function concernsCollecting(context: ClauseContext): Promise<void> {
  const collects = await freesStale(context).then(
    () => true,
    (error: unknown) => {
      if (error instanceof Deviation) return false;
      throw error;
    },
  );
  notApplicableUnless(collects, NOTHING_COLLECTED);
}

/** What an attachment has, and what may not change while others are collected. */
async function keepsValid(context: ClauseContext, stays: AddedAttachment, gc: () => Promise<unknown>): Promise<void> {
  const before = await filesMentioning(context, stays.container.id);
  await gc();
  const after = await filesMentioning(context, stays.container.id);
  const gone = before.filter((file) => !after.includes(file));
  demand(gone.length === 0, `the reservation of ${stays.container.id} still there`, gone.join(", "));
  const { ok, last } = await context.check(stays);
  demand(ok, `CHECK of ${stays.container.id}, which is valid, to succeed after GC`, describeCall(last));
}

async function validKept(context: ClauseContext): Promise<void> {
  const stays = await context.add();
  const goes = await context.add();
  await abandon(context, goes);
  await keepsValid(context, stays, () => context.gc([stays]));
}

async function distinguishesInterfaces(context: ClauseContext): Promise<void> {
  notApplicableUnless(!doesNothing(context.underTest), "the configuration asks for no change that could be collected");
  const stays = await context.add();
  const goes = await context.add(await context.attach(stays.container, "eth1"));
  await context.gc([stays]);
  const { ok, last } = await context.check(stays);
  demand(ok, "CHECK of eth0, which is valid, to succeed after GC of eth1", describeCall(last));
  if (!(await context.check(goes)).ok) return;
  await context.gc([]);
  notApplicableUnless(!(await context.check(goes)).ok, NOTHING_COLLECTED);
  throw new Deviation(
    "eth1, which is not valid, collected while eth0 is",
    "CHECK of it succeeds until neither is valid",
  );
}

async function sparesOtherNetwork(context: ClauseContext): Promise<void> {
  const other = context.withNetwork(secondNetwork(context.underTest.list));
  const stays = await other.add();
  await keepsValid(other, stays, () => context.gc([]));
}

async function sparesWithoutKey(context: ClauseContext): Promise<void> {
  const stays = await context.add();
  await keepsValid(context, stays, () =>
    context.gc([stays], { request: withoutKeys(["cni.dev/valid-attachments", "cni.dev/attachments"]) }),
  );
}

function withoutKeys(keys: readonly string[]): (request: JsonObject) => JsonObject {
  return (request) => Object.fromEntries(Object.entries(request).filter(([key]) => !keys.includes(key)));
}

/** Only the key that head of the specification has; then, in both, a valid attachment that must stay. */
async function readsKey(context: ClauseContext): Promise<void> {
  const only = { request: withoutKeys(["cni.dev/attachments"]) };
  const stays = await context.add();
  await keepsValid(context, stays, () => context.gc([stays], only));
  await context.del(stays);
  await concernsCollecting(context);
  await freesStale(context, only);
}

async function mayBeRepeated(context: ClauseContext): Promise<void> {
  const stays = await context.add();
  await context.gc([stays]);
  const before = await takeSnapshot(context);
  const { ok, last } = await context.gc([stays]);
  demand(ok, "a second GC to succeed", describeCall(last));
  const changes = difference(before, await takeSnapshot(context));
  demand(changes.length === 0, "a second GC to change nothing", `${changes.length} changes`, changes);
}

async function delAfterwards(context: ClauseContext): Promise<void> {
  const added = await context.add();
  const collected = await context.gc([]);
  skipUnless(collected.ok, `GC fails: ${describeCall(collected.last)}`);
  const { ok, last } = await context.del(added);
  demand(ok, "DEL of an attachment that GC collected to succeed", describeCall(last));
}

async function refusesOldVersion(context: ClauseContext): Promise<void> {
  const call = await context.invokeTarget("GC", null, {
    valid: [],
    request: (request) => ({ ...request, cniVersion: "1.0.0" }),
  });
  demandRejected(call, "GC with cniVersion 1.0.0", { codes: [1, 4] });
}

/** A folder in the place of one reservation cannot be removed as a file is. */
async function goesOn(context: ClauseContext): Promise<void> {
  await concernsCollecting(context);
  const [first, second] = [await context.add(), await context.add()];
  const [file] = await filesMentioning(context, first.container.id);
  notApplicableUnless(file !== undefined, "the plugin keeps no file for a container");
  await run(context.testNode.shell, ["sh", "-ec", `rm -- "$1"; mkdir -- "$1"; : >"$1/x"`, "sh", file]);
  await context.gc([]);
  const left = await filesMentioning(context, second.container.id);
  demand(left.length === 0, "the other reservation collected", left.join(", "));
}

/** A runtime excludes it; a plugin that locks survives it. The race is run a few times. */
async function survivesAdd(context: ClauseContext): Promise<void> {
  const stays = await context.add();
  for (let i = 0; i < 4; i++) {
    const target = await context.createContainer();
    const [added, collected] = await Promise.all([context.tryAdd(target), context.gc([stays, target])]);
    demand(added.ok, "ADD beside GC to succeed", describeCall(added.last));
    demand(collected.ok, "GC beside ADD to succeed", describeCall(collected.last));
    const { ok, last } = await context.check({ ...target, raw: added.raw });
    demand(ok, "CHECK of what was added beside GC to succeed", describeCall(last));
  }
}

export const gc = [
  {
    id: "gc.ok",
    level: "MUST",
    since,
    section: SECTION,
    sentence: "GC succeeds when every attachment is valid.",
    test: succeeds,
  },
  {
    id: "gc.env",
    level: "MUST",
    since,
    section: SECTION,
    sentence: "GC requires no container ID, namespace, or interface name.",
    test: needsNoIds,
  },
  {
    id: "gc.stale.lease",
    level: "SHOULD",
    since,
    kinds: ["ipam", "interface", "delegating"],
    section: SECTION,
    sentence: "GC releases the addresses of attachments that are not valid.",
    test: (context) => freesStale(context),
  },
  {
    id: "gc.valid.kept",
    level: "derived",
    since,
    section: SECTION,
    sentence: "GC does not affect valid attachments.",
    test: validKept,
  },
  {
    id: "gc.granularity",
    level: "derived",
    since,
    kinds: ["ipam", "interface", "chained"],
    section: SECTION,
    sentence: "GC distinguishes the interfaces of a container.",
    test: distinguishesInterfaces,
  },
  {
    id: "gc.othernetwork",
    level: "derived",
    since,
    section: SECTION,
    sentence: "GC does not affect other networks.",
    test: sparesOtherNetwork,
  },
  {
    id: "gc.emptylist",
    level: "SHOULD",
    since,
    kinds: ["ipam", "interface", "delegating"],
    section: SECTION,
    sentence: "GC with an empty list of valid attachments removes all attachments, and ADD succeeds afterwards.",
    test: (context) => freesStale(context),
  },
  {
    id: "gc.key",
    level: "derived",
    since,
    section: SECTION,
    sentence: "GC reads cni.dev/valid-attachments.",
    test: readsKey,
  },
  {
    id: "gc.key.absent",
    level: "beyond",
    since,
    section: "-",
    sentence: "GC without a list of valid attachments removes nothing.",
    test: sparesWithoutKey,
  },
  {
    id: "gc.idempotent",
    level: "derived",
    since,
    section: SECTION,
    sentence: "A repeated GC succeeds and changes nothing.",
    test: mayBeRepeated,
  },
  {
    id: "gc.continue",
    level: "SHOULD",
    since,
    kinds: ["ipam", "interface"],
    section: SECTION,
    sentence: "GC continues when one resource cannot be removed.",
    test: goesOn,
  },
  {
    id: "gc.then-del",
    level: "MUST",
    since,
    section: "2-DEL",
    sentence: "DEL succeeds after GC.",
    test: delAfterwards,
  },
  {
    id: "gc.concurrent",
    level: "beyond",
    since,
    section: "3-Lifecycle",
    sentence: "GC during an ADD does not affect the attachment that is being added.",
    test: survivesAdd,
  },
  {
    id: "gc.version",
    level: "derived",
    since,
    section: SECTION,
    sentence: "GC fails in versions that do not define it.",
    test: refusesOldVersion,
  },
] as const satisfies readonly Clause[];
