/** IDs of different containers that look alike. Container runtimes create others, so no other clause uses them. */
import { addBystander, demandUnaffected, type Bystander } from "./bystander.ts";
import { describeCall } from "./call-output.ts";
import type { Clause } from "./clause.ts";
import type { ClauseContext } from "./clause-context.ts";
import { demand, Skip } from "./demand.ts";
import type { TestAttachment } from "./attachment.ts";

const DIGITS = "0123456789abcdef".repeat(4);

/** Pairs that a plugin confuses if it uses a part of an ID, ignores case, or replaces punctuation. */
const LOOKALIKES: readonly (readonly [id: string, other: string])[] = [
  ["c1", "c2"],
  ["c1-first.pod", "c1-first_pod"],
  ["pod-of-a-long-name", "Pod-Of-A-Long-Name"],
  [`${DIGITS.slice(1)}0`, `${DIGITS.slice(1)}1`],
  [`${DIGITS.slice(1)}0-12`, `${DIGITS.slice(1)}0-1`],
  [`0${DIGITS.slice(1)}`, `1${DIGITS.slice(1)}`],
];

interface Pair {
  readonly bystander: Bystander;
  readonly other: TestAttachment;
}

/** Adds both containers of a pair. @throws Skip when the plugin refuses one of the IDs also without the other one */
async function addPair(context: ClauseContext, [id, otherId]: readonly [string, string]): Promise<Pair> {
  const bystander = await addBystander(context, await context.createContainer(undefined, { id }));
  const other = await context.createContainer(undefined, { id: otherId });
  const { ok, raw, last } = await context.tryAdd(other);
  if (!ok) {
    await context.del(bystander.added);
    await context.add(other);
    demand(ok, `ADD of container ${otherId} to succeed next to container ${id}`, describeCall(last), last);
  }
  return { bystander, other: { ...other, raw } };
}

/** IDs that the plugin refuses by themselves are judged by env.containerid.accept. */
async function distinguishesLookalikes(context: ClauseContext): Promise<void> {
  const pairs: Pair[] = [];
  let refusal: Skip | null = null;
  for (const ids of LOOKALIKES) {
    try {
      pairs.push(await addPair(context, ids));
    } catch (error) {
      if (!(error instanceof Skip)) throw error;
      refusal ??= error;
    }
  }
  if (pairs.length === 0 && refusal !== null) throw refusal;
  for (const { other } of pairs) await context.del(other);
  for (const { bystander, other } of pairs)
    await demandUnaffected(context, bystander, `ADD and DEL of container ${other.container.id}`);
}

export const lookalikeIds = [
  {
    id: "env.containerid.distinct",
    dependsOnVersion: false,
    level: "derived",
    since: "1.0.0",
    chain: "whole",
    containers: "several",
    needsChanges: true,
    section: "2-Parameters",
    sentence: "Container IDs that differ only at one end, in case, or in punctuation are different containers.",
    test: distinguishesLookalikes,
  },
] as const satisfies readonly Clause[];
