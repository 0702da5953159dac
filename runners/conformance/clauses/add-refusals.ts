/** ADD: what it must refuse, and that a refusal leaves nothing. */
import { run } from "../../../core/shell.ts";
import { demandRejected, describeCall } from "../plugin-output.ts";
import { notApplicableUnless, demand, type Clause } from "../clause.ts";
import { demandNoLease } from "../leases.ts";
import { difference } from "../snapshot.ts";
import { readNetState, stateLines } from "../net-state.ts";
import { doesNothing } from "../plugin-under-test.ts";
import type { ClauseContext } from "../clause-context.ts";
import { readNamespaces } from "../observed.ts";
import { NO_SECOND_RANGE, hasOwnRange, secondNetwork } from "../network-variants.ts";
import { addHealthy } from "./check-tamper.ts";

/** A link that somebody else put there, with an address. */
const CREATE_FOREIGN_LINK = `ip link add dev "$1" type bridge && ip addr add 192.0.2.9/24 dev "$1" && ip link set "$1" up`;

async function refusesExistingName(context: ClauseContext): Promise<void> {
  const target = await context.createContainer();
  await run(target.container.shell, ["sh", "-ec", CREATE_FOREIGN_LINK, "sh", target.ifName]);
  const before = stateLines(await readNetState(target.container.shell));
  demandRejected(await context.invokeTarget("ADD", target), `ADD where ${target.ifName} exists`);
  const after = stateLines(await readNetState(target.container.shell));
  // What else a failed ADD left is judged by add.fail.*.
  const changes = difference(before, after).filter(
    (line) => line.startsWith("- ") || line.split(/[ :]/).includes(target.ifName),
  );
  demand(changes.length === 0, "the foreign link as it was", changes.join("; "));
  await demandNoLease(context, target);
}

async function refusesDuplicate(context: ClauseContext): Promise<void> {
  const added = await context.add();
  const ipam = context.underTest.kinds.includes("ipam");
  const before = stateLines(await readNetState(added.container.shell));
  demandRejected(await context.invokeTarget("ADD", added), "a second ADD of the same container and interface");
  const after = stateLines(await readNetState(added.container.shell));
  demand(
    ipam || after.join("\n") === before.join("\n"),
    "the first attachment as it was",
    after.filter((line) => !before.includes(line)).join("; ") || "something of it is gone",
  );
  if (context.atLeast("0.4.0")) {
    const { ok, last } = await context.check(added);
    demand(ok, "CHECK of the first attachment to succeed still", describeCall(last));
  }
  await context.del(added);
  await demandNoLease(context, added);
}

/** The same ids in another namespace: refused, or the same address again, but never a second reservation. */
async function duplicateElsewhere(context: ClauseContext): Promise<void> {
  const added = await context.add();
  const other = await context.createContainer();
  const { ok, raw } = await context.tryAdd({ ...other, container: { ...other.container, id: added.container.id } });
  if (!ok || raw === null) return;
  const same = added.result.ips.every(({ address }) => JSON.stringify(raw).includes(address));
  demand(same, "an error, or the same address", JSON.stringify(raw.ips ?? null));
}

async function refusesNetns(context: ClauseContext, what: string, make: string): Promise<void> {
  notApplicableUnless(
    !doesNothing(context.underTest),
    "the configuration asks for no change, so ADD needs no namespace",
  );
  const target = await context.createContainer();
  const netns = "/tmp/cnibench-no-netns";
  await run(context.testNode.shell, ["sh", "-ec", make, "sh", netns]);
  // The first attachment makes what a plugin keeps for all of them.
  await context.add();
  const before = (await readNetState(context.testNode.shell)).links.length;
  demandRejected(
    await context.invokeTarget("ADD", { ...target, container: { ...target.container, netns } }),
    `ADD with ${what} as CNI_NETNS`,
  );
  const after = (await readNetState(context.testNode.shell)).links.length;
  demand(after === before, "no new link on the node", `${after - before} more`);
  await demandNoLease(context, target);
}

async function refusesOwnNetns(context: ClauseContext): Promise<void> {
  const target = await context.createContainer("cnib8");
  demandRejected(
    await context.invokeTarget("ADD", { ...target, container: { ...target.container, netns: "/proc/self/ns/net" } }),
    "ADD with the node's own namespace",
  );
}

/** Two interfaces of one container. */
async function secondInterface(context: ClauseContext, second: ClauseContext): Promise<void> {
  const first = await context.add();
  const attached = await second.attach(first.container, "eth1");
  const other = await second.tryAdd(attached);
  notApplicableUnless(other.ok || context === second || hasOwnRange(context.underTest.list), NO_SECOND_RANGE);
  demand(other.ok, "ADD of a second interface, eth1, to succeed", describeCall(other.last));
  const address = first.result.ips[0]?.address;
  const ips = JSON.stringify(other.raw?.ips ?? other.raw?.ip4 ?? null);
  const comparable =
    context === second &&
    !context.underTest.kinds.includes("chained") &&
    !context.underTest.configured.includes("fixed");
  demand(
    address === undefined || !comparable || !ips.includes(`"${address}"`),
    "another address for eth1",
    address ?? "",
  );
  if (!context.atLeast("0.4.0")) return;
  for (const [which, attachment] of [
    [context, first],
    [second, { ...attached, raw: other.raw }],
  ] as const) {
    const { ok, last } = await which.check(attachment);
    if (!ok) await addHealthy(which);
    demand(ok, `CHECK of ${attachment.ifName} to succeed`, describeCall(last));
  }
}

async function addsAgain(context: ClauseContext): Promise<void> {
  const added = await context.add();
  await context.del(added);
  const again = await context.tryAdd(
    context.underTest.target === 0 ? added : await context.attach(added.container, "eth1"),
  );
  demand(again.ok, "ADD after DEL with the same ids to succeed", describeCall(again.last));
}

/** What was on the node and in another container before. */
const CREATE_BYSTANDER_OBJECTS = `ip link add wit0 type bridge && ip addr add 192.0.2.77/24 dev wit0 && ip link set wit0 up && ip route add 203.0.113.0/24 via 192.0.2.78`;

async function leavesOthersAlone(context: ClauseContext): Promise<void> {
  const bystander = await context.add();
  await run(context.testNode.shell, ["sh", "-ec", CREATE_BYSTANDER_OBJECTS]);
  const [inside, node] = await readNamespaces(context, bystander);
  await context.add();
  const [insideAfter, nodeAfter] = await readNamespaces(context, bystander);
  const gone = [...stateLines(inside), ...stateLines(node)].filter(
    (line) => ![...stateLines(insideAfter), ...stateLines(nodeAfter)].includes(line),
  );
  demand(gone.length === 0, "links, addresses and routes of others as they were", `${gone.length} changed`, gone);
}

async function staysInDomain(context: ClauseContext): Promise<void> {
  const before = stateLines(await readNetState(context.testNode.outside));
  await context.add();
  const after = stateLines(await readNetState(context.testNode.outside));
  demand(
    after.join("\n") === before.join("\n"),
    "nothing new in a namespace that is neither the node's nor the container's",
    after.filter((line) => !before.includes(line)).join("; "),
  );
}

async function missingLink(context: ClauseContext): Promise<void> {
  const target = await context.createContainer();
  notApplicableUnless(context.underTest.changes, "the configuration asks for no change of the link");
  demandRejected(
    await context.invokeTarget("ADD", { ...target, ifName: "nolink0" }),
    "ADD for an interface that does not exist",
  );
}

const SECTION = "2-ADD";
const LINKS = ["interface", "chained"] as const;
const before100 = { before: "1.0.0", level: "derived" } as const;

export const addRefusals = [
  {
    id: "add.existing-ifname",
    level: "MUST",
    earlier: before100,
    kinds: ["interface"],
    section: SECTION,
    sentence: "ADD fails when an interface named CNI_IFNAME exists, and does not modify that interface.",
    test: refusesExistingName,
  },
  {
    id: "add.duplicate",
    level: "MUST",
    since: "1.0.0",
    kinds: ["interface", "ipam"],
    section: SECTION,
    sentence: "A second ADD for the same container and interface fails and leaves the first attachment unchanged.",
    test: refusesDuplicate,
  },
  {
    id: "add.duplicate.othernetns",
    level: "beyond",
    since: "0.4.0",
    kinds: ["ipam", "delegating"],
    section: "0.4.0 Parameters",
    sentence: "The plugin never makes a second reservation for the same container ID and interface name.",
    test: duplicateElsewhere,
  },
  {
    id: "add.netns.missing",
    level: "derived",
    kinds: LINKS,
    section: SECTION,
    sentence: "ADD fails when CNI_NETNS does not exist, and leaves nothing behind.",
    test: (context) => refusesNetns(context, "a missing path", "true"),
  },
  {
    id: "add.netns.notnetns",
    level: "derived",
    kinds: LINKS,
    section: SECTION,
    sentence: "ADD fails when CNI_NETNS is a regular file, and leaves nothing behind.",
    test: (context) => refusesNetns(context, "a plain file", `: >"$1"`),
  },
  {
    id: "add.netns.self",
    level: "beyond",
    kinds: ["interface"],
    section: "libcni",
    sentence: "ADD fails when CNI_NETNS is the node's own network namespace.",
    test: refusesOwnNetns,
  },
  {
    id: "add.multi-ifname",
    level: "MUST",
    since: "0.4.0",
    kinds: ["interface", "ipam", "chained"],
    section: SECTION,
    sentence: "A container can have two interfaces in one network.",
    test: (context) => secondInterface(context, context),
  },
  {
    id: "add.multi-network",
    level: "derived",
    kinds: ["interface", "ipam", "chained"],
    section: "3",
    sentence: "A container can have interfaces in two networks.",
    test: (context) => secondInterface(context, context.withNetwork(secondNetwork(context.underTest.list))),
  },
  {
    id: "add.readd",
    level: "derived",
    section: SECTION,
    sentence: "ADD succeeds after DEL with the same container ID and interface name.",
    test: addsAgain,
  },
  {
    id: "add.untouched",
    level: "derived",
    section: SECTION,
    sentence: "ADD does not affect other objects on the node or in other containers.",
    test: leavesOthersAlone,
  },
  {
    id: "add.domain",
    level: "derived",
    kinds: ["interface"],
    section: SECTION,
    sentence: "ADD creates links only in the container and in the namespace where the plugin runs.",
    test: staysInDomain,
  },
  {
    id: "add.ifname.notfound",
    level: "derived",
    since: "0.3.0",
    kinds: ["chained"],
    section: SECTION,
    sentence: "ADD of a chained plugin fails when the interface does not exist.",
    test: missingLink,
  },
] as const satisfies readonly Clause[];
