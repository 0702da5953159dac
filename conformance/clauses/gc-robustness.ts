/** GC: repeated, partial and concurrent GC, and DEL after GC. */
import { run } from "../../core/shell.ts";
import { withSharedFacts } from "./clause.ts";
import { notApplicableUnless, demand, skipUnless } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { TestAttachment } from "./attachment.ts";
import { filesMentioning, remainingLeases } from "./lease-files.ts";
import {
  addRepeatedly,
  createContainers,
  demandAllSucceed,
  demandDifferentAddresses,
  demandExactLeases,
  detach,
  roundsFor,
} from "./parallel.ts";
import { demandRejected, describeCall } from "./call-output.ts";
import { difference, takeSnapshot } from "../node/snapshot.ts";
import { requireEffectiveGc } from "./gc.ts";

async function canBeRepeated(context: ClauseContext): Promise<void> {
  const valid = await context.add();
  await context.gc([valid]);
  const before = await takeSnapshot(context);
  const { ok, last } = await context.gc([valid]);
  demand(ok, "a second GC to succeed", describeCall(last));
  const changes = difference(before, await takeSnapshot(context));
  demand(changes.length === 0, "no changes by a second GC", `${changes.length} changes`, changes);
}

async function allowsDel(context: ClauseContext): Promise<void> {
  const added = await context.add();
  const collected = await context.gc([]);
  skipUnless(collected.ok, `GC fails: ${describeCall(collected.last)}`);
  const { ok, last } = await context.del(added);
  demand(ok, "DEL of an attachment that GC removed to succeed", describeCall(last));
}

async function rejectsOldVersion(context: ClauseContext): Promise<void> {
  const call = await context.invokeTarget("GC", null, {
    valid: [],
    request: (request) => ({ ...request, cniVersion: "1.0.0" }),
  });
  demandRejected(call, "GC with cniVersion 1.0.0", { codes: [1, 4] });
}

/** Replaces one reservation file with a directory, which the plugin cannot remove as a file. */
async function continuesAfterFailure(context: ClauseContext): Promise<void> {
  await requireEffectiveGc(context);
  const [first, second] = [await context.add(), await context.add()];
  const shared = await filesMentioning(context, second.container);
  const file = (await filesMentioning(context, first.container)).find((path) => !shared.includes(path));
  notApplicableUnless(file !== undefined, "the plugin keeps no file for a single container");
  await run(context.testNode.shell, ["sh", "-ec", `rm -- "$1"; mkdir -- "$1"; : >"$1/x"`, "sh", file]);
  await context.gc([]);
  const left = await remainingLeases(context, second.container);
  demand(left.length === 0, "the other reservation removed", left.join(", "));
}

/** One round of ADDs during GC shows a race with this probability: 5 of 22 rounds of M379 on two busy cores. */
const GC_RACE_PROBABILITY = 0.23;
const PARALLEL_ADDS = 4;

/**
 * A container runtime must not run GC during ADD; a plugin that locks supports it. The list names the containers that
 * are being added, because the others are stale by definition.
 */
async function allowsConcurrentAdd(context: ClauseContext): Promise<void> {
  const { first: valid, repeats } = await addRepeatedly(context);
  const targets = await createContainers(context, PARALLEL_ADDS);
  const isRoundDue = roundsFor(GC_RACE_PROBABILITY);
  while (isRoundDue()) {
    const added = await addDuringGc(context, targets, [valid, ...targets]);
    demandDifferentAddresses(context, [valid, ...added]);
    await demandExactLeases(context, [valid, ...added], []);
    for (const attachment of added) {
      const { ok, last } = await context.check(attachment);
      demand(ok, "CHECK of the attachment that was added during GC to succeed", describeCall(last));
    }
    demandAllSucceed(await Promise.all(added.map((attachment) => detach(context, attachment))), "DELs after GC");
    await demandExactLeases(context, [], added);
    if (!repeats) return;
  }
}

/** Runs one GC after the other until all ADDs have ended. */
async function addDuringGc(
  context: ClauseContext,
  targets: readonly TestAttachment[],
  valid: readonly TestAttachment[],
): Promise<readonly TestAttachment[]> {
  let running = true;
  const collect = async (): Promise<void> => {
    while (running) {
      const { ok, last } = await context.gc(valid);
      demand(ok, "GC during ADD to succeed", describeCall(last));
    }
  };
  const collected = collect();
  const adds = Promise.all(targets.map((target) => context.tryAdd(target))).finally(() => (running = false));
  const [added] = await Promise.all([adds, collected]);
  demandAllSucceed(added, "ADDs during GC");
  return added.map(({ attached }) => attached);
}

const COMMON = { since: "1.1.0", section: "2-GC" } as const;

export const gcRobustness = withSharedFacts({ chain: "whole", needsChanges: true }, [
  {
    ...COMMON,
    id: "gc.idempotent",
    level: "derived",
    sentence: "A repeated GC succeeds and changes nothing.",
    test: canBeRepeated,
  },
  {
    ...COMMON,
    id: "gc.continue",
    level: "SHOULD",
    kinds: ["ipam", "interface"],
    containers: "several",
    sentence: "GC continues when one resource cannot be removed.",
    test: continuesAfterFailure,
  },
  {
    ...COMMON,
    id: "gc.then-del",
    level: "MUST",
    section: "2-DEL",
    sentence: "DEL succeeds after GC.",
    test: allowsDel,
  },
  {
    ...COMMON,
    id: "gc.concurrent",
    level: "beyond",
    containers: "several",
    section: "3-Lifecycle",
    sentence: "GC during an ADD does not affect the attachment that is being added.",
    test: allowsConcurrentAdd,
  },
  {
    ...COMMON,
    id: "gc.version",
    level: "derived",
    sentence: "GC fails in versions that do not define it.",
    test: rejectsOldVersion,
  },
]);
