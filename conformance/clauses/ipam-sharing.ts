/** IPAM plugins: parallel operations and exhausted pools. */
import type { Clause } from "./clause.ts";
import { notApplicableUnless, demand, skipUnless } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { AddedAttachment } from "./attachment.ts";
import { listPluginFiles } from "./lease-files.ts";
import { withOneAddress, withSubnets } from "./leases.ts";
import { demandRejected, describeCall, reportedError } from "./call-output.ts";

/** ADDs at the same time. */
const BATCH_SIZE = 8;
const CONTAINER_COUNT = 32;

async function assignsUniqueInParallel(context: ClauseContext): Promise<void> {
  notApplicableUnless(!context.underTest.configured.includes("fixed"), "the configuration assigns a fixed address");
  const added = await addInParallel(context);
  const addresses = added.map(({ raw }) => /"(?:address|ip)":"([^"/]+)/.exec(JSON.stringify(raw))?.[1] ?? "");
  const { size } = new Set(addresses);
  demand(size === CONTAINER_COUNT, `${CONTAINER_COUNT} different addresses`, `${size} different addresses`);
  const deleted = await Promise.all(added.map((attachment) => context.del(attachment)));
  const failed = deleted.find(({ ok }) => !ok);
  demand(
    failed === undefined,
    `${CONTAINER_COUNT} concurrent DELs to succeed`,
    failed === undefined ? "" : describeCall(failed.last),
  );
}

/** The containers share a namespace, which an IPAM plugin does not use. */
async function addInParallel(context: ClauseContext): Promise<readonly AddedAttachment[]> {
  const first = await context.createContainer();
  const targets = Array.from({ length: CONTAINER_COUNT }, (_, i) => ({
    ...first,
    container: { ...first.container, id: `parallel-${i}` },
  }));
  const added: AddedAttachment[] = [];
  for (let i = 0; i < CONTAINER_COUNT; i += BATCH_SIZE) {
    const outcomes = await Promise.all(
      targets.slice(i, i + BATCH_SIZE).map(async (target) => ({ target, outcome: await context.tryAdd(target) })),
    );
    for (const { target, outcome } of outcomes) {
      demand(
        outcome.ok && outcome.raw !== null,
        `${BATCH_SIZE} concurrent ADDs to succeed`,
        describeCall(outcome.last),
      );
      added.push({ ...target, raw: outcome.raw } as AddedAttachment);
    }
  }
  return added;
}

async function failsWhenExhausted(context: ClauseContext): Promise<void> {
  const single = withOneAddress(context);
  const first = await single.add();
  const before = await listPluginFiles(single);
  const call = await single.invokeTarget("ADD", await single.createContainer());
  demandRejected(call, "ADD with the only address in use");
  demand(reportedError(call) !== null, "an error object", describeCall(call));
  const after = await listPluginFiles(single);
  demand(
    after.join("\n") === before.join("\n"),
    "no leftovers of the rejected ADD",
    after.filter((file) => !before.includes(file)).join(", "),
  );
  await single.del(first);
  const again = await single.tryAdd(await single.createContainer());
  demand(again.ok, "ADD to succeed after DEL released the address", describeCall(again.last));
}

async function releasesPartialReservation(context: ClauseContext): Promise<void> {
  const both = withSubnets(context, "10.203.0.0/29", "10.203.1.0/30");
  const first = await both.tryAdd(await both.createContainer());
  skipUnless(first.ok, `ADD fails with two ranges: ${describeCall(first.last)}`);
  const target = await both.createContainer();
  const before = await listPluginFiles(both);
  demandRejected(await both.invokeTarget("ADD", target), "ADD with the second of two ranges exhausted");
  const left = (await listPluginFiles(both)).filter((file) => !before.includes(file));
  demand(left.length === 0, "the address of the first range released", left.join(", "));
}

const KINDS = ["ipam"] as const;

export const ipamSharing = [
  {
    id: "ipam.parallel",
    dependsOnVersion: false,
    level: "MUST",
    earlier: { before: "1.0.0", level: "derived" },
    kinds: KINDS,
    section: "3-Lifecycle",
    sentence: "Parallel ADDs get different addresses.",
    test: assignsUniqueInParallel,
  },
  {
    id: "ipam.exhausted",
    dependsOnVersion: false,
    level: "derived",
    kinds: KINDS,
    section: "4",
    sentence: "ADD fails when no address is free, reserves nothing, and succeeds again after a DEL.",
    test: failsWhenExhausted,
  },
  {
    id: "ipam.partial-release",
    dependsOnVersion: false,
    level: "derived",
    kinds: KINDS,
    section: "4",
    sentence: "When one of several ranges is exhausted, ADD releases the addresses of the other ranges.",
    test: releasesPartialReservation,
  },
] as const satisfies readonly Clause[];
