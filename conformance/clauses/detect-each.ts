/** Tampers with attachments, one change at a time: CHECK must detect every change. */
import { createdObjects, type CreatedObjects } from "../node/created-objects.ts";
import { readFullState, type FullNetState } from "../node/net-state.ts";
import type { AddedAttachment, TestAttachment } from "./attachment.ts";
import type { ClauseContext } from "./clause-context.ts";
import { demand, notApplicableUnless } from "./demand.ts";
import { addHealthy } from "./operations.ts";

/** One change that CHECK must detect. */
export interface Tampering {
  /** Completes "CHECK to fail after". */
  readonly description: string;
  /** Returns false if the kernel does not allow the change. */
  readonly apply: () => Promise<boolean | void>;
}

interface Drift<State> {
  /** The reason for a plugin whose ADD creates nothing of this sort. */
  readonly notApplicable: string;
  readonly read: (of: TestAttachment) => Promise<State>;
  /** Derives the changes from what ADD did. */
  readonly tamperings: (before: State, after: State, added: AddedAttachment) => readonly Tampering[];
  /** Whether the node's containers share objects of this sort: another container creates these first. Default: true. */
  readonly shared?: boolean;
  /** Whether all containers have the same address: each attachment is deleted before the next one. Default: false. */
  readonly sameAddress?: boolean;
}

/**
 * Applies each change to a separate attachment, and demands that CHECK fails.
 * @throws NotApplicable when ADD creates nothing of this sort, or the kernel allows none of the changes
 */
export async function detectsEach<State>(context: ClauseContext, drift: Drift<State>): Promise<void> {
  const { notApplicable, read, tamperings, shared = true, sameAddress = false } = drift;
  if (shared) await addHealthy(context);
  let applied = 0;
  for (let i = 0, count = 1; i < count; i++) {
    const target = await context.createContainer();
    const before = await read(target);
    const added = await (i === 0 ? addHealthy(context, target) : context.add(target));
    const all = tamperings(before, await read(added), added);
    notApplicableUnless(all.length > 0, notApplicable);
    count = all.length;
    const tampering = all[i];
    if (tampering === undefined || (await tampering.apply()) === false) continue;
    applied++;
    const { ok } = await context.check(added);
    demand(!ok, `CHECK to fail after ${tampering.description}`, "exit code 0");
    if (sameAddress && i + 1 < count) await context.del(added);
  }
  notApplicableUnless(applied > 0, "the kernel allows none of the changes that CHECK would have to detect");
}

/** What ADD created in the namespaces of the container and of the node. */
export interface AddEffect {
  readonly added: AddedAttachment;
  readonly inside: CreatedObjects;
  readonly node: CreatedObjects;
}

type EffectDrift = Omit<Drift<unknown>, "read" | "tamperings"> & {
  readonly tamperings: (effect: AddEffect) => readonly Tampering[];
};

/** The same for links, addresses, routes and neighbor entries, which are compared before and after ADD. */
export async function detectsEachEffect(context: ClauseContext, drift: EffectDrift): Promise<void> {
  await detectsEach<readonly [inside: FullNetState, node: FullNetState]>(context, {
    ...drift,
    read: async ({ container }) => [await readFullState(container.shell), await readFullState(context.testNode.shell)],
    tamperings: ([insideBefore, nodeBefore], [inside, node], added) =>
      drift.tamperings({
        added,
        inside: createdObjects(insideBefore, inside),
        node: createdObjects(nodeBefore, node),
      }),
  });
}
