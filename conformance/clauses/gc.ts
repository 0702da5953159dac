/** GC: removes the attachments that are not valid, and nothing else. */
import { run } from "../../core/shell.ts";
import { withSharedFacts } from "./clause.ts";
import { Deviation, notApplicableUnless, demand } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { AddedAttachment, TestAttachment, Overrides } from "./attachment.ts";
import { filesMentioning } from "./lease-files.ts";
import { demandLeaseReleased } from "./leases.ts";
import { secondNetwork } from "../under-test/network-variants.ts";
import { describeCall } from "./call-output.ts";
import { withoutKeys } from "./operations.ts";

const REMOVES_NOTHING = "GC removes nothing";

async function succeeds(context: ClauseContext): Promise<void> {
  const { ok, last } = await context.gc([await context.add()]);
  demand(ok, "GC with every attachment valid to succeed", describeCall(last));
}

async function requiresNoIds(context: ClauseContext): Promise<void> {
  for (const value of [undefined, ""]) {
    const { ok, last } = await context.gc([], { env: { CNI_CONTAINERID: value, CNI_NETNS: value, CNI_IFNAME: value } });
    demand(ok, `GC with IDs ${value === undefined ? "unset" : "empty"} to succeed`, describeCall(last));
  }
}

/** Deletes the namespace of a container without DEL. */
async function abandon(context: ClauseContext, { container }: TestAttachment): Promise<void> {
  await run(context.testNode.shell, ["ip", "netns", "delete", container.name]);
}

async function releasesAll(context: ClauseContext, overrides: Overrides = {}): Promise<void> {
  await demandLeaseReleased(context, "after GC", async (pool, added) => {
    await abandon(pool, added);
    const { ok, last } = await pool.gc([], overrides);
    demand(ok, "GC to succeed", describeCall(last));
  });
}

async function releasesStale(context: ClauseContext): Promise<void> {
  const release = async (
    pool: ClauseContext,
    added: TestAttachment,
    valid: readonly TestAttachment[],
  ): Promise<void> => {
    await abandon(pool, added);
    const { ok, last } = await pool.gc(valid);
    demand(ok, "GC with one valid attachment to succeed", describeCall(last));
  };
  await demandLeaseReleased(context, "after GC with one valid attachment", release, "one");
}

/** @throws NotApplicable when GC removes nothing, which gc.stale.lease and gc.emptylist judge. */
export async function requireEffectiveGc(context: ClauseContext): Promise<void> {
  const releases = await releasesAll(context).then(
    () => true,
    (error: unknown) => {
      if (error instanceof Deviation) return false;
      throw error;
    },
  );
  notApplicableUnless(releases, REMOVES_NOTHING);
}

/** @throws Deviation unless the valid attachment keeps its files and passes CHECK after the GC. */
async function demandKept(
  context: ClauseContext,
  valid: AddedAttachment,
  runGc: () => Promise<unknown>,
): Promise<void> {
  const { id } = valid.container;
  const before = await filesMentioning(context, valid.container);
  await runGc();
  const after = await filesMentioning(context, valid.container);
  const removed = before.filter((file) => !after.includes(file));
  demand(removed.length === 0, `the reservation of ${id} preserved`, `${removed.join(", ")} removed`);
  const { ok, last } = await context.check(valid);
  demand(ok, `CHECK of ${id}, which is valid, to succeed after GC`, describeCall(last));
}

async function keepsValid(context: ClauseContext): Promise<void> {
  const valid = await context.add();
  await abandon(context, await context.add());
  await demandKept(context, valid, () => context.gc([valid]));
}

async function distinguishesInterfaces(context: ClauseContext): Promise<void> {
  const valid = await context.add();
  const stale = await context.add(await context.attach(valid.container, "eth1"));
  await context.gc([valid]);
  const { ok, last } = await context.check(valid);
  demand(ok, "CHECK of eth0, which is valid, to succeed after GC of eth1", describeCall(last));
  if (!(await context.check(stale)).ok) return;
  await context.gc([]);
  notApplicableUnless(!(await context.check(stale)).ok, REMOVES_NOTHING);
  throw new Deviation(
    "eth1, which is not valid, removed while eth0 is valid",
    "CHECK of eth1 fails only when neither is valid",
  );
}

async function keepsOtherNetwork(context: ClauseContext): Promise<void> {
  const other = context.withNetwork(secondNetwork(context.underTest.list));
  await demandKept(other, await other.add(), () => context.gc([]));
}

async function keepsAllWithoutKey(context: ClauseContext): Promise<void> {
  const valid = await context.add();
  await demandKept(context, valid, () =>
    context.gc([valid], {
      request: (request) => withoutKeys(request, ["cni.dev/valid-attachments", "cni.dev/attachments"]),
    }),
  );
}

/** Passes only cni.dev/valid-attachments, the key in the current text of the specification. */
async function readsKey(context: ClauseContext): Promise<void> {
  const onlyKey: Overrides = { request: (request) => withoutKeys(request, ["cni.dev/attachments"]) };
  const valid = await context.add();
  await demandKept(context, valid, () => context.gc([valid], onlyKey));
  await context.del(valid);
  await requireEffectiveGc(context);
  await releasesAll(context, onlyKey);
}

const COMMON = { since: "1.1.0", section: "2-GC" } as const;

export const gc = withSharedFacts({ chain: "whole", needsChanges: true }, [
  {
    ...COMMON,
    id: "gc.ok",
    level: "MUST",
    sentence: "GC succeeds when every attachment is valid.",
    test: succeeds,
  },
  {
    ...COMMON,
    id: "gc.env",
    level: "MUST",
    sentence: "GC requires no container ID, namespace, or interface name.",
    test: requiresNoIds,
  },
  {
    ...COMMON,
    id: "gc.stale.lease",
    level: "SHOULD",
    kinds: ["ipam", "interface", "delegating"],
    containers: "several",
    sentence: "GC releases the addresses of attachments that are not valid.",
    test: releasesStale,
  },
  {
    ...COMMON,
    id: "gc.valid.kept",
    level: "derived",
    containers: "several",
    sentence: "GC does not affect valid attachments.",
    test: keepsValid,
  },
  {
    ...COMMON,
    id: "gc.granularity",
    level: "derived",
    kinds: ["ipam", "interface", "chained"],
    containers: "several",
    sentence: "GC distinguishes the interfaces of a container.",
    test: distinguishesInterfaces,
  },
  {
    ...COMMON,
    id: "gc.othernetwork",
    level: "derived",
    containers: "several",
    sentence: "GC does not affect other networks.",
    test: keepsOtherNetwork,
  },
  {
    ...COMMON,
    id: "gc.emptylist",
    level: "SHOULD",
    kinds: ["ipam", "interface", "delegating"],
    sentence: "GC with an empty list of valid attachments removes all attachments, and ADD succeeds afterwards.",
    test: (context) => releasesAll(context),
  },
  {
    ...COMMON,
    id: "gc.key",
    level: "derived",
    sentence: "GC reads cni.dev/valid-attachments.",
    test: readsKey,
  },
  {
    ...COMMON,
    id: "gc.key.absent",
    level: "beyond",
    section: "-",
    sentence: "GC without a list of valid attachments removes nothing.",
    test: keepsAllWithoutKey,
  },
]);
