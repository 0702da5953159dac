/** DEL: removes the objects of an attachment, can be repeated, and succeeds without an attachment. */
import { describeCall } from "./call-output.ts";
import { withSharedFacts } from "./clause.ts";
import { demand } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import { demandLeaseReleased } from "./leases.ts";
import { readNetState, type Link } from "../node/net-state.ts";
import { addAndObserve, type ObservedAdd, containerLink } from "../node/observed.ts";
import { hasLink } from "./operations.ts";

async function succeeds(context: ClauseContext): Promise<void> {
  const { ok, last } = await context.del(await context.add());
  demand(ok, "DEL to succeed after ADD", describeCall(last));
}

/** The node's end of the container's veth pair, if ADD created it. */
function nodeEnd({ node, nodeBefore }: ObservedAdd, link: Link): Link | undefined {
  const created = node.links.filter(
    ({ index, kind }) => kind === "veth" && !nodeBefore.links.some((old) => old.index === index),
  );
  return created.find(
    ({ index, peer, peerInOtherNamespace }) =>
      link.peerInOtherNamespace && peerInOtherNamespace && index === link.peer && peer === link.index,
  );
}

async function deletesLink(context: ClauseContext): Promise<void> {
  const observed = await addAndObserve(context);
  const link = containerLink(observed);
  const end = nodeEnd(observed, link);
  await context.del(observed.added);
  demand(!(await hasLink(observed.added)), `no ${link.name} in the container after DEL`, `${link.name} still exists`);
  const node = (await readNetState(context.testNode.shell)).links;
  demand(
    end === undefined || !node.some(({ index }) => index === end.index),
    `the peer ${end?.name ?? ""} deleted from the node after DEL`,
    "it still exists",
  );
}

async function releasesAddress(context: ClauseContext): Promise<void> {
  await demandLeaseReleased(context, "after DEL", async (pool, added) => void (await pool.del(added)));
}

/** Checks only repeated DELs: del.ok checks the first, and even if that fails, the second must succeed. */
async function succeedsAgain(context: ClauseContext): Promise<void> {
  const added = await context.add();
  const first = await context.del(added);
  for (const count of first.ok ? ["second", "third"] : ["second"]) {
    const { ok, last } = await context.del(added);
    demand(ok, `a ${count} DEL to succeed`, describeCall(last));
  }
}

async function succeedsIfNeverAdded(context: ClauseContext): Promise<void> {
  const { ok, last } = await context.del(await context.createContainer());
  demand(ok, "DEL of a container that was never added to succeed", describeCall(last));
}

const SECTION = "2-DEL";
const BEFORE_100 = { before: "1.0.0", level: "SHOULD" } as const;

export const del = withSharedFacts({ chain: "whole", needsChanges: true }, [
  { id: "del.ok", level: "MUST", core: true, section: SECTION, sentence: "DEL succeeds after ADD.", test: succeeds },
  {
    id: "del.link",
    level: "MUST",
    kinds: ["interface"],
    core: true,
    section: SECTION,
    sentence: "DEL removes CNI_IFNAME and its peer.",
    test: deletesLink,
  },
  {
    id: "del.lease",
    level: "derived",
    kinds: ["interface", "ipam", "delegating"],
    core: true,
    section: SECTION,
    sentence: "DEL releases the address.",
    test: releasesAddress,
  },
  {
    id: "del.idempotent",
    dependsOnVersion: false,
    level: "MUST",
    earlier: BEFORE_100,
    since: "0.3.0",
    core: true,
    section: SECTION,
    sentence: "A repeated DEL succeeds.",
    test: succeedsAgain,
  },
  {
    id: "del.never-added",
    dependsOnVersion: false,
    level: "MUST",
    earlier: BEFORE_100,
    since: "0.3.0",
    core: true,
    section: SECTION,
    sentence: "DEL of a container that was never added succeeds.",
    test: succeedsIfNeverAdded,
  },
]);
