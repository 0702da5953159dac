/** ADD, DEL, and GC keep the objects of others in what containers share: bridges, routing tables, firewall chains. */
import { run } from "../../core/shell.ts";
import { objectLines, placeForeignObjects, readSharedState } from "../node/foreign-objects.ts";
import { describeCall } from "./call-output.ts";
import { withSharedFacts } from "./clause.ts";
import { demand, notApplicableUnless, skipUnless } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { AddedAttachment, CallOutcome } from "./attachment.ts";

/** An operation that must not affect the objects of others. */
type Operation = () => Promise<CallOutcome>;

/**
 * A container, for which ADD created the shared objects, stays attached during the operation, so that the plugin has
 * no reason to remove them.
 * @param prepare runs before the objects of others are created
 */
async function keepsForeignObjects(
  context: ClauseContext,
  name: string,
  prepare: (bystander: AddedAttachment) => Promise<Operation>,
): Promise<void> {
  const { shell } = context.testNode;
  const target = await context.createContainer();
  const before = await readSharedState(shell);
  const bystander = await context.add(target);
  const after = await readSharedState(shell);
  const operate = await prepare(bystander);
  const foreign = await placeForeignObjects(shell, before, after);
  notApplicableUnless(foreign.length > 0, "ADD creates no objects on the node that containers share");
  const { ok, last } = await operate();
  const now = objectLines(await readSharedState(shell));
  const missing = foreign.filter((line) => !now.includes(line));
  demand(missing.length === 0, `objects of others unchanged after ${name}`, `${missing.length} removed`, missing);
  skipUnless(ok, `${name} fails: ${describeCall(last)}`);
}

async function addKeeps(context: ClauseContext): Promise<void> {
  await keepsForeignObjects(context, "ADD of another container", async () => {
    const other = await context.createContainer();
    return () => context.tryAdd(other);
  });
}

async function delKeeps(context: ClauseContext): Promise<void> {
  await keepsForeignObjects(context, "DEL of another container", async () => {
    const other = await context.add();
    return () => context.del(other);
  });
}

async function gcKeeps(context: ClauseContext): Promise<void> {
  await keepsForeignObjects(context, "GC", async (valid) => {
    const { container } = await context.add();
    await run(context.testNode.shell, ["ip", "netns", "delete", container.name]);
    return () => context.gc([valid]);
  });
}

const COMMON = { level: "derived", kinds: ["interface", "chained"], node: true } as const;

const FACTS = { dependsOnVersion: false, chain: "whole", containers: "several", needsChanges: true } as const;

export const sharedObjects = withSharedFacts(FACTS, [
  {
    ...COMMON,
    id: "add.shared.kept",
    section: "2-ADD",
    sentence:
      "ADD keeps the ports, addresses, neighbor entries, routes, rules, and settings of others in shared objects.",
    test: addKeeps,
  },
  {
    ...COMMON,
    id: "del.shared.kept",
    section: "2-DEL",
    sentence:
      "DEL keeps the ports, addresses, neighbor entries, routes, rules, and settings of others in shared objects.",
    test: delKeeps,
  },
  {
    ...COMMON,
    id: "gc.shared.kept",
    since: "1.1.0",
    section: "2-GC",
    sentence:
      "GC keeps the ports, addresses, neighbor entries, routes, rules, and settings of others in shared objects.",
    test: gcKeeps,
  },
]);
