/** Operations on different containers at the same time. */
import { run } from "../../core/shell.ts";
import { describeCall } from "./call-output.ts";
import { withSharedFacts } from "./clause.ts";
import { demand, skipUnless } from "./demand.ts";
import { remainingLeases } from "./lease-files.ts";
import { readFirewallRules } from "../node/firewall.ts";
import { readNetState } from "../node/net-state.ts";
import { addHealthy, hasLink } from "./operations.ts";
import {
  addAll,
  addRepeatedly,
  createContainers,
  demandAllSucceed,
  demandDifferentAddresses,
  demandExactLeases,
  detach,
  roundsFor,
} from "./parallel.ts";
import type { ClauseContext } from "./clause-context.ts";

const SECTION = "3-Lifecycle";
const PARALLEL_CONTAINERS = 8;

/** Runs the first ADDs of a new node in parallel, because these create the shared objects. */
async function parallelAdds(context: ClauseContext): Promise<void> {
  const added = await addAll(context, await createContainers(context, PARALLEL_CONTAINERS));
  demandDifferentAddresses(context, added);
  if (!added.every((attachment) => context.canCheck(attachment))) return;
  const checks = await Promise.all(added.map((attachment) => context.check(attachment)));
  if (checks.every(({ ok }) => ok)) return;
  await addHealthy(context);
  // Creating shared objects can invalidate the first results (the MAC address of a bridge); later ones must be right.
  const later = await addAll(context, await createContainers(context, PARALLEL_CONTAINERS));
  demandAllSucceed(await Promise.all(later.map((attachment) => context.check(attachment))), "CHECKs");
}

async function parallelDels(context: ClauseContext): Promise<void> {
  const added = await addAll(context, await createContainers(context, PARALLEL_CONTAINERS));
  demandAllSucceed(await Promise.all(added.map((attachment) => context.del(attachment))), "DELs");
  for (const attachment of added) {
    const { container, ifName } = attachment;
    const remains = context.underTest.kinds.includes("interface") && (await hasLink(attachment));
    demand(!remains, `no ${ifName} in ${container.name} after DEL`, `${ifName} still exists`);
  }
  const files = await remainingLeases(context, ...added.map(({ container }) => container));
  demand(files.length === 0, "no reservation of the containers after DEL", files.join(", "));
}

/** Containers that are added, deleted or checked at the same time. */
const GROUP_SIZE = 4;

/**
 * One round of ADDs during DELs shows a race with this probability: 17 of 56 rounds of the mutants M395 and M394
 * without their pauses, on two busy cores.
 */
const MIXED_RACE_PROBABILITY = 0.3;

/**
 * Adds and deletes groups of containers in turn: what an ADD reads before a DEL changes it, and vice versa, shows as a
 * failure, a lost lease, or an address of two containers. Other containers are attached in the first round only, so
 * that DEL deletes the last users of shared objects in the others.
 */
async function mixedOperations(context: ClauseContext): Promise<void> {
  // The first ADD creates the shared objects; creating them in parallel is tested by conc.add.
  const { first, repeats } = await addRepeatedly(context);
  const checked = await addAll(context, await createContainers(context, GROUP_SIZE));
  let live = await addAll(context, await createContainers(context, GROUP_SIZE));
  let idle = await createContainers(context, GROUP_SIZE);
  const checkable = context.canCheck(first) && (await context.check(first)).ok;
  let others = [first, ...checked];
  const isRoundDue = roundsFor(MIXED_RACE_PROBABILITY);
  while (isRoundDue()) {
    const [added, deleted, checks] = await Promise.all([
      Promise.all(idle.map((target) => context.tryAdd(target))),
      Promise.all(live.map((attachment) => detach(context, attachment))),
      Promise.all(checkable ? others.map((attachment) => context.check(attachment)) : []),
    ]);
    demandAllSucceed([...added, ...deleted, ...checks], "mixed operations");
    const attached = added.map((outcome) => outcome.attached);
    demandDifferentAddresses(context, [...others, ...attached]);
    await demandExactLeases(context, [...others, ...attached], live);
    if (!repeats) return;
    idle = live.slice(0, GROUP_SIZE).map((attachment) => ({ ...attachment, raw: null }));
    live = [...others, ...attached];
    others = [];
  }
}

/**
 * One round of parallel first ADDs shows a plugin that checks for a rule and then inserts it with this probability: 7
 * of 24 rounds of the mutants M351 and M352 without their pauses, on two cores.
 */
const FIRST_USE_RACE_PROBABILITY = 0.29;

/** Removes all rules, so that the next ADDs are the first ones again. */
const CLEAR_FIREWALL = `for i in iptables ip6tables; do
  command -v $i-save >/dev/null || continue
  $i-save | sed -n 's/^\\*//p' | while read -r table; do $i -w -t "$table" -F; $i -w -t "$table" -X; done
done
command -v nft >/dev/null && nft flush ruleset
true`;

async function createsSharedObjectsOnce(context: ClauseContext): Promise<void> {
  const { shell } = context.testNode;
  const targets = await createContainers(context, PARALLEL_CONTAINERS);
  const isRoundDue = roundsFor(FIRST_USE_RACE_PROBABILITY);
  while (isRoundDue()) {
    const added = await addAll(context, targets);
    await demandOnce(context);
    await Promise.all(added.map((attachment) => detach(context, attachment)));
    if ((await readFirewallRules(shell)).length === 0) return; // containers share no rules
    await run(shell, ["sh", "-c", CLEAR_FIREWALL]);
  }
}

/** Shared objects are bridge addresses and firewall rules. Equal rules are duplicates, since each rule is unique. */
async function demandOnce({ testNode }: ClauseContext): Promise<void> {
  const { addresses, links } = await readNetState(testNode.shell);
  const bridges = links.filter(({ kind }) => kind === "bridge").map(({ name }) => name);
  const gateways = addresses
    .filter(({ link, scope }) => scope === "global" && bridges.includes(link))
    .map(({ cidr }) => cidr);
  const rules = (await readFirewallRules(testNode.shell)).map(({ chain, spec }) => `${chain} ${spec}`);
  const duplicate = [...gateways, ...rules].find((line, i, all) => all.indexOf(line) !== i);
  demand(duplicate === undefined, "every bridge address and every firewall rule once", duplicate ?? "");
}

/** Moments at which an ADD is killed, as fractions of the duration of the first ADD. */
const KILL_FRACTIONS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** Kills ADDs, which may hold a lock, and runs ADD for another container after each. */
async function releasesLock(context: ClauseContext): Promise<void> {
  const first = await context.tryAdd(await context.createContainer());
  skipUnless(first.ok, `ADD fails: ${describeCall(first.last)}`);
  for (const fraction of KILL_FRACTIONS) {
    const killed = context.withChanges({ operationLimit: Math.max(0.001, fraction * first.last.output.duration) });
    await killed.invokeTarget("ADD", await context.createContainer());
    const { ok, last } = await context.tryAdd(await context.createContainer());
    demand(ok, "ADD to succeed after ADD of another container was killed", describeCall(last));
  }
}

const BEFORE_100 = { before: "1.0.0", level: "derived" } as const;

const FACTS = { dependsOnVersion: false, chain: "whole", containers: "several", needsChanges: true } as const;

export const concurrency = withSharedFacts(FACTS, [
  {
    id: "conc.add",
    level: "MUST",
    earlier: BEFORE_100,
    node: true,
    section: SECTION,
    sentence: "ADDs of different containers can run concurrently.",
    test: parallelAdds,
  },
  {
    id: "conc.del",
    level: "MUST",
    earlier: BEFORE_100,
    section: SECTION,
    sentence: "DELs of different containers can run concurrently.",
    test: parallelDels,
  },
  {
    id: "conc.mixed",
    level: "MUST",
    earlier: BEFORE_100,
    section: SECTION,
    sentence: "ADD, DEL, and CHECK of different containers can run concurrently, and neither lose nor share addresses.",
    test: mixedOperations,
  },
  {
    id: "conc.shared-once",
    level: "derived",
    kinds: ["interface", "chained"],
    section: SECTION,
    sentence: "Objects that containers share are created once.",
    test: createsSharedObjectsOnce,
  },
  {
    id: "conc.lock.released",
    level: "beyond",
    section: "-",
    sentence: "An ADD that was killed does not block other containers.",
    test: releasesLock,
  },
]);
