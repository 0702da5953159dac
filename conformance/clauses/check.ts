/** CHECK: succeeds on an intact attachment, requires prevResult, and changes nothing. */
import { run, succeeded } from "../../core/shell.ts";
import type { JsonObject } from "../../cni/index.ts";
import { demandRejected, describeCall } from "./call-output.ts";
import { setAttribute } from "../node/attributes.ts";
import { withSharedFacts } from "./clause.ts";
import { notApplicableUnless, demand } from "./demand.ts";
import { difference, takeSnapshot } from "../node/snapshot.ts";
import { readFullState } from "../node/net-state.ts";
import type { ClauseContext } from "./clause-context.ts";
import { withoutIpam } from "../under-test/network-variants.ts";
import { addHealthy } from "./operations.ts";

const SECTION = "2-CHECK";

async function succeedsAfterAdd(context: ClauseContext): Promise<void> {
  const demandCheck = async (network: ClauseContext, suffix: string): Promise<void> => {
    const { ok, last } = await network.check(await network.add());
    demand(ok, `CHECK to succeed right after ADD${suffix}`, describeCall(last));
  };
  await demandCheck(context, "");
  if (!context.underTest.kinds.includes("delegating") || !context.underTest.layer2) return;
  const layer2 = context.withNetwork(withoutIpam(context.underTest.list));
  if ((await layer2.tryAdd(await layer2.createContainer())).ok) await demandCheck(layer2, " without IPAM");
}

async function succeedsAgain(context: ClauseContext): Promise<void> {
  const added = await addHealthy(context);
  for (let i = 2; i <= 10; i++) {
    const { ok, last } = await context.check(added);
    demand(ok, `CHECK number ${i} to succeed, as the first did`, describeCall(last));
  }
}

async function changesNothing(context: ClauseContext): Promise<void> {
  const added = await context.add();
  const before = await takeSnapshot(context);
  await context.check(added);
  const changes = difference(before, await takeSnapshot(context));
  demand(changes.length === 0, "the node and the container unchanged", `${changes.length} changes`, changes);
  if (!context.underTest.kinds.includes("interface") || added.result.ips.length === 0) return;
  // CHECK must report a missing address, not restore it.
  await run(added.container.shell, ["ip", "addr", "flush", "dev", added.ifName, "scope", "global"]);
  const broken = await takeSnapshot(context);
  await context.check(added);
  const repaired = difference(broken, await takeSnapshot(context));
  demand(repaired.length === 0, "a container without its address unchanged", `${repaired.length} changes`, repaired);
}

async function requiresPrevResult(context: ClauseContext): Promise<void> {
  const added = await addHealthy(context);
  demandRejected(await context.invokeTarget("CHECK", added, { prevResult: null }), "CHECK without prevResult");
}

/** The result with an address that the container does not have. */
function withOtherAddress(raw: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(raw).replace(/("address":")[^"]*"/g, `$1192.0.2.250/24"`)) as JsonObject;
}

async function readsPrevResult(context: ClauseContext): Promise<void> {
  const added = await addHealthy(context);
  const prevResult = withOtherAddress(added.result.raw);
  notApplicableUnless(JSON.stringify(prevResult) !== JSON.stringify(added.raw), "the result has no address");
  demandRejected(
    await context.invokeTarget("CHECK", { ...added, raw: prevResult }),
    "CHECK with a prevResult that contains an address that the container lacks",
  );
}

async function rejectsOldVersion(context: ClauseContext): Promise<void> {
  const added = await context.add();
  const call = await context.invokeTarget("CHECK", added, {
    request: (request) => ({ ...request, cniVersion: "0.3.1" }),
  });
  demandRejected(call, "CHECK with cniVersion 0.3.1", { codes: [1] });
}

/** Imitates a later plugin: creates a link with an address, and routes on both links. */
const MIMIC_LATER_PLUGIN = `ip link add extra0 type bridge
ip link set extra0 up
ip addr add 198.51.100.5/24 dev extra0
ip route add 203.0.113.0/24 dev "$1"
ip route add 192.0.2.0/24 dev extra0`;

async function allowsLaterPlugins(context: ClauseContext): Promise<void> {
  await allowsConfiguredPlugins(context);
  const added = await addHealthy(context);
  await run(added.container.shell, ["sh", "-ec", MIMIC_LATER_PLUGIN, "sh", added.ifName]);
  const changed = await context.check(added);
  demand(changed.ok, "CHECK to succeed with routes and links that a later plugin added", describeCall(changed.last));
  await allowsReportedMac(context);
}

/** With the plugins that actually follow in the list. */
async function allowsConfiguredPlugins(context: ClauseContext): Promise<void> {
  const { list, target } = context.underTest;
  const later = list.plugins.slice(target + 1).map(({ type }) => type);
  if (later.length === 0) return;
  const call = await context.invokeTarget("CHECK", await context.add());
  demand(succeeded(call.output), `CHECK to succeed after the changes of ${later.join(", ")}`, describeCall(call));
}

async function allowsReportedMac(context: ClauseContext): Promise<void> {
  const added = await addHealthy(context);
  const mac = "02:00:00:00:0a:0b";
  const old = added.result.interfaces.find(({ name }) => name === added.ifName)?.mac;
  if (old === undefined) return;
  // With such an entry, another MAC address makes the container unreachable, which CHECK must report.
  const { neighbors } = await readFullState(context.testNode.shell);
  if (neighbors.some((neighbor) => neighbor.includes(old)) || !(await setAttribute(added, "mac", mac))) return;
  const raw = JSON.parse(JSON.stringify(added.raw).replaceAll(old, mac)) as JsonObject;
  const { ok, last } = await context.check({ ...added, raw });
  demand(ok, "CHECK to succeed with a MAC address that a later plugin set and reported", describeCall(last));
}

async function ignoresOtherContainers(context: ClauseContext): Promise<void> {
  const first = await addHealthy(context);
  const peers = [];
  for (let i = 0; i < 5; i++) peers.push(await context.add());
  const during = await context.check(first);
  demand(during.ok, "CHECK to succeed after other containers were added", describeCall(during.last));
  const [survivor = first, ...others] = peers;
  for (const peer of others) await context.del(peer);
  const after = await context.check(first);
  demand(after.ok, "CHECK to succeed after other containers were deleted", describeCall(after.last));
  // The first container may have affected shared objects; a bridge may use the MAC address of its link.
  await context.del(first);
  const { ok, last } = await context.check(survivor);
  demand(ok, "CHECK to succeed after the first container was deleted", describeCall(last));
}

export const check = withSharedFacts({ chain: "whole" }, [
  {
    id: "check.after-add",
    level: "MUST",
    since: "0.4.0",
    core: true,
    needsChanges: true,
    section: SECTION,
    sentence: "CHECK succeeds right after ADD.",
    test: succeedsAfterAdd,
  },
  {
    id: "check.repeat",
    dependsOnVersion: false,
    level: "derived",
    since: "0.4.0",
    core: true,
    needsChanges: true,
    section: SECTION,
    sentence: "A repeated CHECK succeeds.",
    test: succeedsAgain,
  },
  {
    id: "check.pure",
    level: "derived",
    since: "0.4.0",
    core: true,
    needsChanges: true,
    section: SECTION,
    sentence: "CHECK changes nothing and repairs nothing.",
    test: changesNothing,
  },
  {
    id: "check.prevresult.required",
    level: "MUST",
    since: "0.4.0",
    chain: "each",
    section: SECTION,
    sentence: "CHECK fails without prevResult.",
    test: requiresPrevResult,
  },
  {
    id: "check.prevresult.consulted",
    level: "MUST",
    since: "0.4.0",
    kinds: ["interface", "ipam"],
    chain: "each",
    section: SECTION,
    sentence: "CHECK fails when prevResult lists something that the container lacks.",
    test: readsPrevResult,
  },
  {
    id: "check.version",
    dependsOnVersion: false,
    level: "derived",
    since: "0.4.0",
    section: SECTION,
    sentence: "CHECK fails with code 1 in versions that do not define it.",
    test: rejectsOldVersion,
  },
  {
    id: "check.later-plugin",
    dependsOnVersion: false,
    level: "MUST",
    since: "0.4.0",
    kinds: ["interface"],
    containers: "several",
    section: SECTION,
    sentence: "CHECK allows the changes of later plugins.",
    test: allowsLaterPlugins,
  },
  {
    id: "check.stable.peers",
    dependsOnVersion: false,
    level: "derived",
    since: "0.4.0",
    containers: "several",
    section: SECTION,
    sentence: "CHECK does not depend on other containers being added or deleted.",
    test: ignoresOtherContainers,
  },
]);
