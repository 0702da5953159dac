/** Operations on different containers at the same time. */
import { describeCall } from "../plugin-output.ts";
import { demand, skipUnless, type Clause } from "../clause.ts";
import { filesMentioning } from "../leases.ts";
import { takeSnapshot } from "../snapshot.ts";
import { readNetState } from "../net-state.ts";
import { addHealthy } from "./attachments.ts";
import type { AddOutcome, Attachment, Outcome, ClauseContext } from "../clause-context.ts";

const SECTION = "3-Lifecycle";
const PARALLEL_CONTAINERS = 8;

async function containers(context: ClauseContext, count: number): Promise<Attachment[]> {
  const made: Attachment[] = [];
  for (let i = 0; i < count; i++) made.push(await context.createContainer());
  return made;
}

function allOk(outcomes: readonly Outcome[], what: string): void {
  const failed = outcomes.find(({ ok }) => !ok);
  demand(
    failed === undefined,
    `${outcomes.length} ${what} at once to succeed`,
    failed === undefined ? "" : describeCall(failed.last),
  );
}

async function addAll(context: ClauseContext, targets: readonly Attachment[]): Promise<Attachment[]> {
  const outcomes: AddOutcome[] = await Promise.all(targets.map((target) => context.tryAdd(target)));
  allOk(outcomes, "ADDs");
  return targets.map((target, i) => ({ ...target, raw: outcomes[i]?.raw ?? null }));
}

/** The first eight ADDs of a fresh node, for that is when shared things are made. */
async function parallelAdds(context: ClauseContext): Promise<void> {
  const added = await addAll(context, await containers(context, PARALLEL_CONTAINERS));
  if (
    !context.underTest.configured.includes("fixed") &&
    context.underTest.kinds.some((kind) => kind === "interface" || kind === "ipam")
  ) {
    const addresses = added.flatMap(({ raw }) => /"(?:address|ip)":"([^"/]+)/.exec(JSON.stringify(raw))?.[1] ?? []);
    demand(new Set(addresses).size === addresses.length, "different addresses", addresses.toSorted().join(", "));
  }
  if (!context.atLeast("0.4.0")) return;
  const checks = await Promise.all(added.map((one) => context.check(one)));
  if (checks.every(({ ok }) => ok)) return;
  await addHealthy(context);
  // What the first use of shared things changed under the first results (a bridge's MAC) is no matter of those that come later.
  const later = await addAll(context, await containers(context, PARALLEL_CONTAINERS));
  allOk(await Promise.all(later.map((one) => context.check(one))), "CHECKs");
}

async function parallelDels(context: ClauseContext): Promise<void> {
  const added = await addAll(context, await containers(context, PARALLEL_CONTAINERS));
  allOk(await Promise.all(added.map((one) => context.del(one))), "DELs");
  for (const { container, ifName } of added) {
    const left =
      context.underTest.kinds.includes("interface") &&
      (await readNetState(container.shell)).links.some(({ name }) => name === ifName);
    demand(!left, `no ${ifName} in ${container.id} after DEL`, "it is still there");
    const files = await filesMentioning(context, container.id);
    demand(files.length === 0, `no reservation of ${container.id} after DEL`, files.join(", "));
  }
}

async function mixed(context: ClauseContext): Promise<void> {
  // What is shared is there already: the first use of it is conc.add's.
  const first = await context.add();
  const checkable = context.atLeast("0.4.0") && (await context.check(first)).ok;
  const checked = await addAll(context, await containers(context, 4));
  const deleted = await addAll(context, await containers(context, 4));
  const fresh = await containers(context, 4);
  const checks = checkable ? checked.map((one) => context.check(one)) : [];
  allOk(
    await Promise.all([
      ...fresh.map((one) => context.tryAdd(one)),
      ...deleted.map((one) => context.del(one)),
      ...checks,
    ]),
    "mixed operations",
  );
}

/** What containers share: addresses of bridges, and firewall rules, each of which names itself. */
async function sharedOnce(context: ClauseContext): Promise<void> {
  await addAll(context, await containers(context, PARALLEL_CONTAINERS));
  const { addresses, links } = await readNetState(context.testNode.shell);
  const bridges = links.filter(({ kind }) => kind === "bridge").map(({ name }) => name);
  const gateways = addresses
    .filter(({ link, scope }) => scope === "global" && bridges.includes(link))
    .map(({ cidr }) => cidr);
  const rules = (await takeSnapshot(context)).filter(
    (line) => /^node: (iptables|ip6tables|nft) /.test(line) && line.includes("-A "),
  );
  const twice = [...gateways, ...rules].find((one, i, all) => all.indexOf(one) !== i);
  demand(twice === undefined, "every address of a bridge and every rule once", twice ?? "");
}

/** Where in its life an ADD is killed, as parts of what the first took. */
const KILL_FRACTIONS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** Another container's ADD works after one that was killed, whatever lock that one held. */
async function releasesLock(context: ClauseContext): Promise<void> {
  const first = await context.tryAdd(await context.createContainer());
  skipUnless(first.ok, `ADD does not work here: ${describeCall(first.last)}`);
  for (const moment of KILL_FRACTIONS) {
    const killed = context.withChanges({ operationLimit: Math.max(0.001, moment * first.last.output.duration) });
    await killed.invokeTarget("ADD", await context.createContainer());
    const { ok, last } = await context.tryAdd(await context.createContainer());
    demand(ok, "ADD to succeed after another container's was killed", describeCall(last));
  }
}

const derived = { before: "1.0.0", level: "derived" } as const;

export const concurrency = [
  {
    id: "conc.add",
    level: "MUST",
    earlier: derived,
    section: SECTION,
    sentence: "ADDs of different containers can run concurrently.",
    test: parallelAdds,
  },
  {
    id: "conc.del",
    level: "MUST",
    earlier: derived,
    section: SECTION,
    sentence: "DELs of different containers can run concurrently.",
    test: parallelDels,
  },
  {
    id: "conc.mixed",
    level: "MUST",
    earlier: derived,
    section: SECTION,
    sentence: "ADD, DEL, and CHECK of different containers can run concurrently.",
    test: mixed,
  },
  {
    id: "conc.shared-once",
    level: "derived",
    kinds: ["interface", "chained"],
    section: SECTION,
    sentence: "Objects that containers share are created once.",
    test: sharedOnce,
  },
  {
    id: "conc.lock.released",
    level: "beyond",
    section: "-",
    sentence: "An ADD that was killed does not block other containers.",
    test: releasesLock,
  },
] as const satisfies readonly Clause[];
