/** GC: repeated, partial and concurrent GC, and DEL after GC. */
import { run } from "../../core/shell.ts";
import { withSharedFacts } from "./clause.ts";
import { notApplicableUnless, demand, skipUnless } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import { filesMentioning } from "./leases.ts";
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
  const [file] = await filesMentioning(context, first.container.id);
  notApplicableUnless(file !== undefined, "the plugin keeps no file for a container");
  await run(context.testNode.shell, ["sh", "-ec", `rm -- "$1"; mkdir -- "$1"; : >"$1/x"`, "sh", file]);
  await context.gc([]);
  const left = await filesMentioning(context, second.container.id);
  demand(left.length === 0, "the other reservation removed", left.join(", "));
}

/** Runs of the race between ADD and GC. */
const RACES = 4;

/** A container runtime must not run GC during ADD; a plugin that locks supports it. */
async function allowsConcurrentAdd(context: ClauseContext): Promise<void> {
  const valid = await context.add();
  for (let i = 0; i < RACES; i++) {
    const target = await context.createContainer();
    const [added, collected] = await Promise.all([context.tryAdd(target), context.gc([valid, target])]);
    demand(added.ok, "ADD during GC to succeed", describeCall(added.last));
    demand(collected.ok, "GC during ADD to succeed", describeCall(collected.last));
    const { ok, last } = await context.check(added.attached);
    demand(ok, "CHECK of the attachment that was added during GC to succeed", describeCall(last));
  }
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
