/** Operations on different containers at the same time. */
import { run } from "../../core/shell.ts";
import { describeCall } from "./call-output.ts";
import { withSharedFacts } from "./clause.ts";
import { demand, skipUnless } from "./demand.ts";
import { filesMentioning } from "./leases.ts";
import { readFirewallRules } from "../node/firewall.ts";
import { readNetState } from "../node/net-state.ts";
import { addHealthy, asDelInput, hasLink } from "./operations.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { AddCallOutcome, TestAttachment, CallOutcome } from "./attachment.ts";

const SECTION = "3-Lifecycle";
const PARALLEL_CONTAINERS = 8;

async function createContainers(context: ClauseContext, count: number): Promise<TestAttachment[]> {
  const created: TestAttachment[] = [];
  for (let i = 0; i < count; i++) created.push(await context.createContainer());
  return created;
}

function demandAllSucceed(outcomes: readonly CallOutcome[], operations: string): void {
  const failed = outcomes.find(({ ok }) => !ok);
  demand(
    failed === undefined,
    `${outcomes.length} concurrent ${operations} to succeed`,
    failed === undefined ? "" : describeCall(failed.last),
  );
}

async function addAll(context: ClauseContext, targets: readonly TestAttachment[]): Promise<TestAttachment[]> {
  const outcomes: AddCallOutcome[] = await Promise.all(targets.map((target) => context.tryAdd(target)));
  demandAllSucceed(outcomes, "ADDs");
  return outcomes.map(({ attached }) => attached);
}

/** Runs the first ADDs of a new node in parallel, because these create the shared objects. */
async function parallelAdds(context: ClauseContext): Promise<void> {
  const added = await addAll(context, await createContainers(context, PARALLEL_CONTAINERS));
  if (
    !context.underTest.configured.includes("fixed") &&
    context.underTest.kinds.some((kind) => kind === "interface" || kind === "ipam")
  ) {
    const addresses = added.flatMap(({ raw }) => /"(?:address|ip)":"([^"/]+)/.exec(JSON.stringify(raw))?.[1] ?? []);
    demand(
      new Set(addresses).size === addresses.length,
      "a different address for each container",
      addresses.toSorted().join(", "),
    );
  }
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
    const files = await filesMentioning(context, container.id);
    demand(files.length === 0, `no reservation of ${container.name} after DEL`, files.join(", "));
  }
}

async function mixedOperations(context: ClauseContext): Promise<void> {
  // The first ADD creates the shared objects; creating them in parallel is tested by conc.add.
  const first = await context.add();
  const checkable = context.canCheck(first) && (await context.check(first)).ok;
  const checked = await addAll(context, await createContainers(context, 4));
  const deleted = await addAll(context, await createContainers(context, 4));
  const fresh = await createContainers(context, 4);
  const checks = checkable ? checked.map((attachment) => context.check(attachment)) : [];
  demandAllSucceed(
    await Promise.all([
      ...fresh.map((attachment) => context.tryAdd(attachment)),
      ...deleted.map((attachment) => context.del(attachment)),
      ...checks,
    ]),
    "mixed operations",
  );
}

/**
 * Rounds of parallel first ADDs. One round shows a plugin that checks for a rule and then inserts it with an estimated
 * probability of p = 0.29 (7 of 24 rounds of the mutants M351 and M352 on two cores), so ln(0.01) / ln(1 - p) = 14
 * rounds show it in 99 % of the tests.
 */
const FIRST_USES = 14;
const FIRST_USES_LIMIT_MS = 10_000;

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
  const end = performance.now() + FIRST_USES_LIMIT_MS;
  for (let round = 1; round <= FIRST_USES && performance.now() < end; round++) {
    const added = await addAll(context, targets);
    await demandOnce(context);
    await Promise.all(added.map((attachment) => detach(context, attachment)));
    if ((await readFirewallRules(shell)).length === 0) return; // containers share no rules
    await run(shell, ["sh", "-c", CLEAR_FIREWALL]);
  }
}

/** Undoes ADD, and keeps what the plugins before the one under test created. */
async function detach(context: ClauseContext, attachment: TestAttachment): Promise<void> {
  if (context.underTest.target === 0) await context.del(attachment);
  else await context.invokeTarget("DEL", asDelInput(context, attachment));
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

export const concurrency = withSharedFacts({ chain: "whole", containers: "several", needsChanges: true }, [
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
    sentence: "ADD, DEL, and CHECK of different containers can run concurrently.",
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
