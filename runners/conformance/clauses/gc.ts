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

async function succeeds(trial: ClauseContext): Promise<void> {
  const { ok, last } = await trial.gc([await trial.add()]);
  demand(ok, "GC with every attachment valid to succeed", describeCall(last));
}

async function needsNoIds(trial: ClauseContext): Promise<void> {
  for (const value of [undefined, ""]) {
    const { ok, last } = await trial.gc([], { env: { CNI_CONTAINERID: value, CNI_NETNS: value, CNI_IFNAME: value } });
    demand(ok, `GC with ids ${value === undefined ? "unset" : "empty"} to succeed`, describeCall(last));
  }
}

/** The container goes without DEL. */
async function abandon(trial: ClauseContext, { container }: Attachment): Promise<void> {
  await run(trial.testNode.shell, ["ip", "netns", "delete", container.id]);
}

async function freesStale(trial: ClauseContext, changes: Overrides = {}): Promise<void> {
  await demandLeaseReleased(trial, "after GC", async (which, added) => {
    await abandon(which, added);
    const { ok, last } = await which.gc([], changes);
    demand(ok, "GC to succeed", describeCall(last));
  });
}

/** Of a GC that collects nothing gc.stale.* tell; how it would collect cannot be seen. */
async function concernsCollecting(trial: ClauseContext): Promise<void> {
  const collects = await freesStale(trial).then(
    () => true,
    (error: unknown) => {
      if (error instanceof Deviation) return false;
      throw error;
    },
  );
  notApplicableUnless(collects, NOTHING_COLLECTED);
}

/** What an attachment has, and what may not change while others are collected. */
async function keepsValid(trial: ClauseContext, stays: AddedAttachment, gc: () => Promise<unknown>): Promise<void> {
  const before = await filesMentioning(trial, stays.container.id);
  await gc();
  const after = await filesMentioning(trial, stays.container.id);
  const gone = before.filter((file) => !after.includes(file));
  demand(gone.length === 0, `the reservation of ${stays.container.id} still there`, gone.join(", "));
  const { ok, last } = await trial.check(stays);
  demand(ok, `CHECK of ${stays.container.id}, which is valid, to succeed after GC`, describeCall(last));
}

async function validKept(trial: ClauseContext): Promise<void> {
  const stays = await trial.add();
  const goes = await trial.add();
  await abandon(trial, goes);
  await keepsValid(trial, stays, () => trial.gc([stays]));
}

async function distinguishesInterfaces(trial: ClauseContext): Promise<void> {
  notApplicableUnless(!doesNothing(trial.underTest), "the configuration asks for no change that could be collected");
  const stays = await trial.add();
  const goes = await trial.add(await trial.attach(stays.container, "eth1"));
  await trial.gc([stays]);
  const { ok, last } = await trial.check(stays);
  demand(ok, "CHECK of eth0, which is valid, to succeed after GC of eth1", describeCall(last));
  if (!(await trial.check(goes)).ok) return;
  await trial.gc([]);
  notApplicableUnless(!(await trial.check(goes)).ok, NOTHING_COLLECTED);
  throw new Deviation(
    "eth1, which is not valid, collected while eth0 is",
    "CHECK of it succeeds until neither is valid",
  );
}

async function sparesOtherNetwork(trial: ClauseContext): Promise<void> {
  const other = trial.withNetwork(secondNetwork(trial.underTest.list));
  const stays = await other.add();
  await keepsValid(other, stays, () => trial.gc([]));
}

async function sparesWithoutKey(trial: ClauseContext): Promise<void> {
  const stays = await trial.add();
  await keepsValid(trial, stays, () =>
    trial.gc([stays], { request: withoutKeys(["cni.dev/valid-attachments", "cni.dev/attachments"]) }),
  );
}

function withoutKeys(keys: readonly string[]): (request: JsonObject) => JsonObject {
  return (request) => Object.fromEntries(Object.entries(request).filter(([key]) => !keys.includes(key)));
}

/** Only the key that head of the specification has; then, in both, a valid attachment that must stay. */
async function readsKey(trial: ClauseContext): Promise<void> {
  const only = { request: withoutKeys(["cni.dev/attachments"]) };
  const stays = await trial.add();
  await keepsValid(trial, stays, () => trial.gc([stays], only));
  await trial.del(stays);
  await concernsCollecting(trial);
  await freesStale(trial, only);
}

async function mayBeRepeated(trial: ClauseContext): Promise<void> {
  const stays = await trial.add();
  await trial.gc([stays]);
  const before = await takeSnapshot(trial);
  const { ok, last } = await trial.gc([stays]);
  demand(ok, "a second GC to succeed", describeCall(last));
  const changes = difference(before, await takeSnapshot(trial));
  demand(changes.length === 0, "a second GC to change nothing", `${changes.length} changes`, changes);
}

async function delAfterwards(trial: ClauseContext): Promise<void> {
  const added = await trial.add();
  const collected = await trial.gc([]);
  skipUnless(collected.ok, `GC fails: ${describeCall(collected.last)}`);
  const { ok, last } = await trial.del(added);
  demand(ok, "DEL of an attachment that GC collected to succeed", describeCall(last));
}

async function refusesOldVersion(trial: ClauseContext): Promise<void> {
  const call = await trial.invokeTarget("GC", null, {
    valid: [],
    request: (request) => ({ ...request, cniVersion: "1.0.0" }),
  });
  demandRejected(call, "GC with cniVersion 1.0.0", { codes: [1, 4] });
}

/** A folder in the place of one reservation cannot be removed as a file is. */
async function goesOn(trial: ClauseContext): Promise<void> {
  await concernsCollecting(trial);
  const [first, second] = [await trial.add(), await trial.add()];
  const [file] = await filesMentioning(trial, first.container.id);
  notApplicableUnless(file !== undefined, "the plugin keeps no file for a container");
  await run(trial.testNode.shell, ["sh", "-ec", `rm -- "$1"; mkdir -- "$1"; : >"$1/x"`, "sh", file]);
  await trial.gc([]);
  const left = await filesMentioning(trial, second.container.id);
  demand(left.length === 0, "the other reservation collected", left.join(", "));
}

/** A runtime excludes it; a plugin that locks survives it. The race is run a few times. */
async function survivesAdd(trial: ClauseContext): Promise<void> {
  const stays = await trial.add();
  for (let i = 0; i < 4; i++) {
    const target = await trial.createContainer();
    const [added, collected] = await Promise.all([trial.tryAdd(target), trial.gc([stays, target])]);
    demand(added.ok, "ADD beside GC to succeed", describeCall(added.last));
    demand(collected.ok, "GC beside ADD to succeed", describeCall(collected.last));
    const { ok, last } = await trial.check({ ...target, raw: added.raw });
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
    sentence: "GC needs no container id, namespace or interface name.",
    test: needsNoIds,
  },
  {
    id: "gc.stale.lease",
    level: "SHOULD",
    since,
    kinds: ["ipam", "interface", "delegating"],
    section: SECTION,
    sentence: "GC gives back the addresses of attachments that are not valid.",
    test: (trial) => freesStale(trial),
  },
  {
    id: "gc.valid.kept",
    level: "derived",
    since,
    section: SECTION,
    sentence: "GC leaves valid attachments alone.",
    test: validKept,
  },
  {
    id: "gc.granularity",
    level: "derived",
    since,
    kinds: ["ipam", "interface", "chained"],
    section: SECTION,
    sentence: "GC tells the interfaces of a container apart.",
    test: distinguishesInterfaces,
  },
  {
    id: "gc.othernetwork",
    level: "derived",
    since,
    section: SECTION,
    sentence: "GC leaves other networks alone.",
    test: sparesOtherNetwork,
  },
  {
    id: "gc.emptylist",
    level: "SHOULD",
    since,
    kinds: ["ipam", "interface", "delegating"],
    section: SECTION,
    sentence: "With an empty list GC collects everything, and ADD works after it.",
    test: (trial) => freesStale(trial),
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
    sentence: "Without a list of valid attachments GC collects nothing.",
    test: sparesWithoutKey,
  },
  {
    id: "gc.idempotent",
    level: "derived",
    since,
    section: SECTION,
    sentence: "GC may be repeated.",
    test: mayBeRepeated,
  },
  {
    id: "gc.continue",
    level: "SHOULD",
    since,
    kinds: ["ipam", "interface"],
    section: SECTION,
    sentence: "GC goes on when one thing cannot be removed.",
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
    sentence: "GC beside an ADD spares what is being added.",
    test: survivesAdd,
  },
  {
    id: "gc.version",
    level: "derived",
    since,
    section: SECTION,
    sentence: "GC fails in versions that do not have it.",
    test: refusesOldVersion,
  },
] as const satisfies readonly Clause[];
