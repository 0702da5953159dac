/** CHECK: passes while all is well, needs prevResult, and changes nothing. */
import { run, succeeded } from "../../../core/shell.ts";
import type { JsonObject } from "../../../cni/json.ts";
import { demandRejected, describeCall } from "../plugin-output.ts";
import { setAttribute } from "../attributes.ts";
import { notApplicableUnless, demand, type Clause } from "../clause.ts";
import { difference, takeSnapshot } from "../snapshot.ts";
import type { ClauseContext } from "../clause-context.ts";
import { withoutIpam } from "../network-variants.ts";
import { addHealthy } from "./attachments.ts";

const SECTION = "2-CHECK";

async function passesAfterAdd(context: ClauseContext): Promise<void> {
  const passes = async (which: ClauseContext, what: string): Promise<void> => {
    const { ok, last } = await which.check(await which.add());
    demand(ok, `CHECK to succeed right after ADD${what}`, describeCall(last));
  };
  await passes(context, "");
  if (!context.underTest.kinds.includes("delegating") || !context.underTest.layer2) return;
  const alone = context.withNetwork(withoutIpam(context.underTest.list));
  if ((await alone.tryAdd(await alone.createContainer())).ok) await passes(alone, " without IPAM");
}

async function passesAgain(context: ClauseContext): Promise<void> {
  const added = await addHealthy(context);
  for (let i = 2; i <= 10; i++) {
    const { ok, last } = await context.check(added);
    demand(ok, `CHECK number ${i} to succeed as the first did`, describeCall(last));
  }
}

async function changesNothing(context: ClauseContext): Promise<void> {
  const added = await context.add();
  const before = await takeSnapshot(context);
  await context.check(added);
  const changes = difference(before, await takeSnapshot(context));
  demand(changes.length === 0, "the node and the container as they were", `${changes.length} changes`, changes);
  if (!context.underTest.kinds.includes("interface") || added.result.ips.length === 0) return;
  // Nor may it repair what it should report.
  await run(added.container.shell, ["ip", "addr", "flush", "dev", added.ifName, "scope", "global"]);
  const broken = await takeSnapshot(context);
  await context.check(added);
  const repaired = difference(broken, await takeSnapshot(context));
  demand(repaired.length === 0, "a container without its address as it was", `${repaired.length} changes`, repaired);
}

async function needsPrevResult(context: ClauseContext): Promise<void> {
  const added = await addHealthy(context);
  demandRejected(await context.invokeTarget("CHECK", added, { prevResult: null }), "CHECK without prevResult");
}

/** The result with an address that the container does not have. */
function withOtherAddress(raw: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(raw).replace(/("address":")[^"]*"/g, `$1192.0.2.250/24"`)) as JsonObject;
}

async function readsPrevResult(context: ClauseContext): Promise<void> {
  const added = await addHealthy(context);
  const lied = withOtherAddress(added.raw);
  notApplicableUnless(JSON.stringify(lied) !== JSON.stringify(added.raw), "the result has no address");
  demandRejected(
    await context.invokeTarget("CHECK", { ...added, raw: lied }),
    "CHECK with a prevResult that names an address which the container lacks",
  );
}

async function refusesOldVersion(context: ClauseContext): Promise<void> {
  const added = await context.add();
  const call = await context.invokeTarget("CHECK", added, {
    request: (request) => ({ ...request, cniVersion: "0.3.1" }),
  });
  demandRejected(call, "CHECK with cniVersion 0.3.1", { codes: [1] });
}

/** What plugins after it may do: other addresses and routes beside its own, links of their own. */
const MIMIC_LATER_PLUGIN = `ip link add extra0 type bridge && ip link set extra0 up && ip addr add 198.51.100.5/24 dev extra0
ip route add 203.0.113.0/24 dev "$1" && ip route add 192.0.2.0/24 dev extra0`;

async function toleratesLater(context: ClauseContext): Promise<void> {
  const { plugins } = context.underTest.list;
  if (plugins.length > context.underTest.target + 1) {
    const call = await context.invokeTarget("CHECK", await context.add());
    const later = plugins
      .slice(context.underTest.target + 1)
      .map(({ type }) => type)
      .join(", ");
    demand(succeeded(call.output), `CHECK to succeed after what ${later} did`, describeCall(call));
  }
  const added = await addHealthy(context);
  await run(added.container.shell, ["sh", "-ec", MIMIC_LATER_PLUGIN, "sh", added.ifName]);
  const changed = await context.check(added);
  demand(changed.ok, "CHECK to succeed with routes and links that a later plugin added", describeCall(changed.last));
  const other = await addHealthy(context);
  const mac = "02:00:00:00:0a:0b";
  const old = other.result.interfaces.find(({ name }) => name === other.ifName)?.mac;
  if (old === undefined || !(await setAttribute(other, "mac", mac))) return;
  const raw = JSON.parse(JSON.stringify(other.raw).replaceAll(old, mac)) as JsonObject;
  const { ok, last } = await context.check({ ...other, raw });
  demand(ok, "CHECK to succeed with a MAC that a later plugin set and reported", describeCall(last));
}

async function toleratesPeers(context: ClauseContext): Promise<void> {
  const stays = await addHealthy(context);
  const peers = [];
  for (let i = 0; i < 5; i++) peers.push(await context.add());
  const during = await context.check(stays);
  demand(during.ok, "CHECK to succeed after others were added", describeCall(during.last));
  const [survivor = stays, ...others] = peers;
  for (const peer of others) await context.del(peer);
  const after = await context.check(stays);
  demand(after.ok, "CHECK to succeed after others were deleted", describeCall(after.last));
  // The first may have lent something to all, such as its MAC to a bridge.
  await context.del(stays);
  const { ok, last } = await context.check(survivor);
  demand(ok, "CHECK to succeed after the first container was deleted", describeCall(last));
}

export const check = [
  {
    id: "check.after-add",
    level: "MUST",
    since: "0.4.0",
    section: SECTION,
    sentence: "CHECK succeeds right after ADD.",
    test: passesAfterAdd,
  },
  {
    id: "check.repeat",
    level: "derived",
    since: "0.4.0",
    section: SECTION,
    sentence: "A repeated CHECK succeeds.",
    test: passesAgain,
  },
  {
    id: "check.pure",
    level: "derived",
    since: "0.4.0",
    section: SECTION,
    sentence: "CHECK changes nothing and repairs nothing.",
    test: changesNothing,
  },
  {
    id: "check.prevresult.required",
    level: "MUST",
    since: "0.4.0",
    section: SECTION,
    sentence: "CHECK fails without prevResult.",
    test: needsPrevResult,
  },
  {
    id: "check.prevresult.consulted",
    level: "MUST",
    since: "0.4.0",
    kinds: ["interface", "ipam"],
    section: SECTION,
    sentence: "CHECK fails when prevResult lists something that the container lacks.",
    test: readsPrevResult,
  },
  {
    id: "check.version",
    level: "derived",
    since: "0.4.0",
    section: SECTION,
    sentence: "CHECK fails with code 1 in versions that do not define it.",
    test: refusesOldVersion,
  },
  {
    id: "check.later-plugin",
    level: "MUST",
    since: "0.4.0",
    kinds: ["interface"],
    section: SECTION,
    sentence: "CHECK allows the changes of later plugins.",
    test: toleratesLater,
  },
  {
    id: "check.stable.peers",
    level: "derived",
    since: "0.4.0",
    section: SECTION,
    sentence: "CHECK does not depend on other containers being added or deleted.",
    test: toleratesPeers,
  },
] as const satisfies readonly Clause[];
