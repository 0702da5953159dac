/** Operations on several containers at the same time, repeated until races show. */
import { isLoopback } from "../../core/ip.ts";
import { describeCall } from "./call-output.ts";
import { demand } from "./demand.ts";
import { filesMentioningEach, remainingLeases } from "./lease-files.ts";
import { asDelInput } from "./operations.ts";
import { succeeded } from "../../core/shell.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { CallOutcome, TestAttachment } from "./attachment.ts";
import type { TestContainer } from "../node/test-container.ts";

/** Probability with which the repetitions show a race. */
const POWER = 0.99;
const ROUNDS_LIMIT_MS = 10_000;

/**
 * Returns a function that reports whether another round is due; rounds end after 10 seconds.
 * @param probability with which one round shows the race
 */
export function roundsFor(probability: number): () => boolean {
  let left = Math.ceil(Math.log(1 - POWER) / Math.log(1 - probability));
  const end = performance.now() + ROUNDS_LIMIT_MS;
  return () => left-- > 0 && performance.now() < end;
}

export async function createContainers(context: ClauseContext, count: number): Promise<TestAttachment[]> {
  const created: TestAttachment[] = [];
  for (let i = 0; i < count; i++) created.push(await context.createContainer());
  return created;
}

export function demandAllSucceed(outcomes: readonly CallOutcome[], operations: string): void {
  const failed = outcomes.find(({ ok }) => !ok);
  demand(
    failed === undefined,
    `${outcomes.length} concurrent ${operations} to succeed`,
    failed === undefined ? "" : describeCall(failed.last),
  );
}

export async function addAll(context: ClauseContext, targets: readonly TestAttachment[]): Promise<TestAttachment[]> {
  const outcomes = await Promise.all(targets.map((target) => context.tryAdd(target)));
  demandAllSucceed(outcomes, "ADDs");
  return outcomes.map(({ attached }) => attached);
}

/** Undoes ADD, and keeps what the plugins before the one under test created. */
export async function detach(context: ClauseContext, attachment: TestAttachment): Promise<CallOutcome> {
  if (context.underTest.target === 0) return context.del(attachment);
  const last = await context.invokeTarget("DEL", asDelInput(context, attachment));
  return { ok: succeeded(last.output), last, calls: [last] };
}

/**
 * Adds a container.
 * @returns also whether ADD of the same container succeeds after DEL, as further rounds require: not with a plugin that
 * leaves something in the container, which other clauses judge
 */
export async function addRepeatedly(
  context: ClauseContext,
): Promise<{ readonly first: TestAttachment; readonly repeats: boolean }> {
  const added = await context.add();
  await detach(context, added);
  const { ok, attached } = await context.tryAdd({ ...added, raw: null });
  return { first: ok ? attached : await context.add(), repeats: ok };
}

/**
 * Not judged if the plugin assigns no addresses. Loopback addresses belong to no network: every container has them.
 * @throws Deviation when two of the attachments have the same address
 */
export function demandDifferentAddresses({ underTest }: ClauseContext, live: readonly TestAttachment[]): void {
  const { configured, kinds } = underTest;
  if (configured.includes("fixed") || !kinds.some((kind) => kind === "interface" || kind === "ipam")) return;
  const addresses = live
    .flatMap(({ raw }) => /"(?:address|ip)":"([^"/]+)/.exec(JSON.stringify(raw))?.[1] ?? [])
    .filter((address) => !isLoopback(address));
  demand(
    new Set(addresses).size === addresses.length,
    "a different address for each container",
    addresses.toSorted().join(", "),
  );
}

/**
 * Not judged for chained plugins, whose predecessors keep leases too.
 * @throws Deviation when a deleted attachment has a lease, or one of `live` has none although another one has
 */
export async function demandExactLeases(
  context: ClauseContext,
  live: readonly TestAttachment[],
  deleted: readonly TestAttachment[],
): Promise<void> {
  if (context.underTest.target > 0) return;
  const kept = await filesMentioningEach(context, containersOf(live));
  const lost = live.filter((_, i) => kept[i]?.length === 0);
  demand(
    lost.length === 0 || lost.length === live.length,
    "a lease of every attached container",
    lost.map(({ container }) => `none of ${container.name}`).join(", "),
  );
  const left = await remainingLeases(context, ...containersOf(deleted));
  demand(left.length === 0, "no lease of containers after DEL", left.join(", "));
}

function containersOf(attachments: readonly TestAttachment[]): TestContainer[] {
  return attachments.map(({ container }) => container);
}
