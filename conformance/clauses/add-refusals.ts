/** ADD: invalid requests are rejected and leave nothing behind. */
import { run } from "../../core/shell.ts";
import { demandRejected, describeCall } from "./call-output.ts";
import { withSharedFacts } from "./clause.ts";
import { notApplicableUnless, demand } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import { changesContainer, NO_EFFECT } from "./container-effect.ts";
import { demandNoLease } from "./leases.ts";
import { readNetState, stateLines } from "../node/net-state.ts";
import { difference } from "../node/snapshot.ts";
import { withNetns } from "./operations.ts";

/** Creates a link that does not belong to the plugin, with an address. */
const CREATE_FOREIGN_LINK = `ip link add dev "$1" type bridge
ip addr add 192.0.2.9/24 dev "$1"
ip link set "$1" up`;

async function rejectsExistingName(context: ClauseContext): Promise<void> {
  const target = await context.createContainer();
  await run(target.container.shell, ["sh", "-ec", CREATE_FOREIGN_LINK, "sh", target.ifName]);
  const before = stateLines(await readNetState(target.container.shell));
  demandRejected(await context.invokeTarget("ADD", target), `ADD with an existing ${target.ifName}`);
  const after = stateLines(await readNetState(target.container.shell));
  // Other leftovers of a failed ADD are judged by add.fail.*.
  const changes = difference(before, after).filter(
    (line) => line.startsWith("- ") || line.split(/[ :]/).includes(target.ifName),
  );
  demand(changes.length === 0, "the existing link unchanged", changes.join("; "));
  await demandNoLease(context, target);
}

async function rejectsDuplicate(context: ClauseContext): Promise<void> {
  const added = await context.add();
  const ipam = context.underTest.kinds.includes("ipam");
  const before = stateLines(await readNetState(added.container.shell));
  demandRejected(await context.invokeTarget("ADD", added), "a second ADD of the same container and interface");
  const after = stateLines(await readNetState(added.container.shell));
  demand(
    ipam || after.join("\n") === before.join("\n"),
    "the first attachment unchanged",
    after.filter((line) => !before.includes(line)).join("; ") || "a part of it is missing",
  );
  if (context.canCheck(added)) {
    const { ok, last } = await context.check(added);
    demand(ok, "CHECK of the first attachment to succeed", describeCall(last));
  }
  await context.del(added);
  await demandNoLease(context, added);
}

/** The same IDs in another namespace: an error or the same address are allowed, a second reservation is not. */
async function reservesOnce(context: ClauseContext): Promise<void> {
  const added = await context.add();
  const other = await context.createContainer();
  const { id, podName } = added.container;
  const { ok, raw } = await context.tryAdd({ ...other, container: { ...other.container, id, podName } });
  if (!ok || raw === null) return;
  const same = added.result.ips.every(({ address }) => JSON.stringify(raw).includes(address));
  demand(same, "an error, or the same address", JSON.stringify(raw.ips ?? null));
}

/** @param create sh script that puts something at the path in its first argument */
async function rejectsNetns(context: ClauseContext, description: string, create: string): Promise<void> {
  notApplicableUnless(await changesContainer(context), NO_EFFECT);
  const target = await context.createContainer();
  const netns = "/tmp/.cnibench-no-netns";
  await run(context.testNode.shell, ["sh", "-ec", create, "sh", netns]);
  // The first attachment creates objects that all attachments share.
  await context.add();
  const before = (await readNetState(context.testNode.shell)).links.length;
  demandRejected(await context.invokeTarget("ADD", withNetns(target, netns)), `ADD with ${description} as CNI_NETNS`);
  const after = (await readNetState(context.testNode.shell)).links.length;
  demand(after === before, "no new link on the node", `${after - before} more`);
  await demandNoLease(context, target);
}

async function rejectsOwnNetns(context: ClauseContext): Promise<void> {
  const target = await context.createContainer("cnib8");
  demandRejected(
    await context.invokeTarget("ADD", withNetns(target, "/proc/self/ns/net")),
    "ADD with the node's own namespace",
  );
}

const SECTION = "2-ADD";
const LINKS = ["interface", "chained"] as const;

export const addRefusals = withSharedFacts({ dependsOnVersion: false, chain: "whole" }, [
  {
    id: "add.existing-ifname",
    level: "MUST",
    earlier: { before: "1.0.0", level: "derived" },
    kinds: ["interface"],
    section: SECTION,
    sentence: "ADD fails when an interface named CNI_IFNAME exists, and does not modify that interface.",
    test: rejectsExistingName,
  },
  {
    id: "add.duplicate",
    level: "MUST",
    since: "1.0.0",
    kinds: ["interface", "ipam"],
    section: SECTION,
    sentence: "A second ADD for the same container and interface fails and leaves the first attachment unchanged.",
    test: rejectsDuplicate,
  },
  {
    id: "add.duplicate.othernetns",
    level: "beyond",
    since: "0.4.0",
    kinds: ["ipam", "delegating"],
    section: "0.4.0 Parameters",
    sentence: "The plugin never makes a second reservation for the same container ID and interface name.",
    test: reservesOnce,
  },
  {
    id: "add.netns.missing",
    level: "derived",
    kinds: LINKS,
    section: SECTION,
    sentence: "ADD fails when CNI_NETNS does not exist, and leaves nothing behind.",
    test: (context) => rejectsNetns(context, "a missing path", "true"),
  },
  {
    id: "add.netns.notnetns",
    level: "derived",
    kinds: LINKS,
    section: SECTION,
    sentence: "ADD fails when CNI_NETNS is a regular file, and leaves nothing behind.",
    test: (context) => rejectsNetns(context, "a regular file", `: >"$1"`),
  },
  {
    id: "add.netns.self",
    level: "beyond",
    kinds: ["interface"],
    section: "libcni",
    sentence: "ADD fails when CNI_NETNS is the node's own network namespace.",
    test: rejectsOwnNetns,
  },
]);
