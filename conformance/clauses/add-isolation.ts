/** ADD: several interfaces and networks of a container, and the objects of others. */
import { run } from "../../core/shell.ts";
import { describeCall } from "./call-output.ts";
import { withSharedFacts } from "./clause.ts";
import { notApplicableUnless, demand } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { AddedAttachment, AddCallOutcome } from "./attachment.ts";
import { readNetState, stateLines } from "../node/net-state.ts";
import { NO_SECOND_RANGE, hasOwnRange, secondNetwork } from "../under-test/network-variants.ts";
import { readNamespaces } from "../node/observed.ts";
import { addHealthy } from "./operations.ts";

/** Adds eth0, then eth1 of the same container to the second network. */
async function addsSecondInterface(context: ClauseContext, second: ClauseContext): Promise<void> {
  const first = await context.add();
  const attached = await second.attach(first.container, "eth1");
  const other = await second.tryAdd(attached);
  notApplicableUnless(other.ok || context === second || hasOwnRange(context.underTest.list), NO_SECOND_RANGE);
  demand(other.ok, "ADD of a second interface, eth1, to succeed", describeCall(other.last));
  if (context === second) demandOtherAddress(context, first, other);
  if (!context.canCheck(first) || !second.canCheck(other.attached)) return;
  for (const [network, attachment] of [
    [context, first],
    [second, other.attached],
  ] as const) {
    const { ok, last } = await network.check(attachment);
    if (!ok) await addHealthy(network);
    demand(ok, `CHECK of ${attachment.ifName} to succeed`, describeCall(last));
  }
}

function demandOtherAddress({ underTest }: ClauseContext, first: AddedAttachment, { raw }: AddCallOutcome): void {
  if (underTest.kinds.includes("chained") || underTest.configured.includes("fixed")) return;
  const [{ address } = {}] = first.result.ips;
  const ips = JSON.stringify(raw?.ips ?? raw?.ip4 ?? null);
  demand(address === undefined || !ips.includes(`"${address}"`), "a different address for eth1", address ?? "");
}

async function addsAgain(context: ClauseContext): Promise<void> {
  const added = await context.add();
  await context.del(added);
  const again = await context.tryAdd(
    context.underTest.target === 0 ? added : await context.attach(added.container, "eth1"),
  );
  demand(again.ok, "ADD after DEL with the same IDs to succeed", describeCall(again.last));
}

/** Creates a link, an address and a route that do not belong to the plugin. */
const CREATE_BYSTANDER_OBJECTS = `ip link add wit0 type bridge
ip addr add 192.0.2.77/24 dev wit0
ip link set wit0 up
ip route add 203.0.113.0/24 via 192.0.2.78`;

async function leavesOthersAlone(context: ClauseContext): Promise<void> {
  const bystander = await context.add();
  await run(context.testNode.shell, ["sh", "-ec", CREATE_BYSTANDER_OBJECTS]);
  const [inside, node] = await readNamespaces(context, bystander);
  await context.add();
  const [insideAfter, nodeAfter] = await readNamespaces(context, bystander);
  const after = [...stateLines(insideAfter), ...stateLines(nodeAfter)];
  const changed = [...stateLines(inside), ...stateLines(node)].filter((line) => !after.includes(line));
  demand(changed.length === 0, "links, addresses and routes of others unchanged", `${changed.length} changed`, changed);
}

async function staysInDomain(context: ClauseContext): Promise<void> {
  const before = stateLines(await readNetState(context.testNode.outside));
  await context.add();
  const after = stateLines(await readNetState(context.testNode.outside));
  demand(
    after.join("\n") === before.join("\n"),
    "no change in a namespace that is neither the node's nor the container's",
    after.filter((line) => !before.includes(line)).join("; "),
  );
}

const SECTION = "2-ADD";
const KINDS = ["interface", "ipam", "chained"] as const;

export const addIsolation = withSharedFacts({ dependsOnVersion: false, chain: "whole", containers: "several" }, [
  {
    id: "add.multi-ifname",
    level: "MUST",
    since: "0.4.0",
    kinds: KINDS,
    section: SECTION,
    sentence: "A container can have two interfaces in one network.",
    test: (context) => addsSecondInterface(context, context),
  },
  {
    id: "add.multi-network",
    level: "derived",
    kinds: KINDS,
    section: "3",
    sentence: "A container can have interfaces in two networks.",
    test: (context) => addsSecondInterface(context, context.withNetwork(secondNetwork(context.underTest.list))),
  },
  {
    id: "add.readd",
    level: "derived",
    containers: "one",
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
    containers: "one",
    section: SECTION,
    sentence: "ADD creates links only in the container and in the namespace where the plugin runs.",
    test: staysInDomain,
  },
]);
