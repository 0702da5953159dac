/** From the stored repetitions of one cell to one value per block, or the reason why there is none. */
import type { Warning } from "../core/model.ts";
import type { PlannedCell, Repetition, RunFile } from "./record.ts";
import { median } from "./statistics.ts";

/** One deployment: the unit of replication. */
export interface Block {
  readonly block: number;
  /** The sitting that measured all of it; null: it was torn between two, and is no pair to anything. */
  readonly session: number | null;
  /** In the order they were measured. */
  readonly repetitions: readonly number[];
  /** Median of the repetitions. */
  readonly value: number;
}

export type FoldedCell =
  | { readonly state: "measured"; readonly blocks: readonly Block[]; readonly warnings: readonly Warning[] }
  | { readonly state: "failed"; readonly error: string; readonly warnings: readonly Warning[] }
  | { readonly state: "skipped"; readonly reason: string };

/**
 * A failed repetition fails its cell: an average of what is left would hide it. Only blocks with all their repetitions
 * count, so that every value is the median of equally many; in a run that did not finish the others are told as missing.
 */
export function foldCell(planned: PlannedCell, stored: readonly Repetition[], run: RunFile): FoldedCell {
  if (planned.skip !== undefined) return { state: "skipped", reason: planned.skip };
  const repetitions = latestPerSlot(stored);
  const warnings = storedWarnings(repetitions);
  const failure = repetitions.find(({ value, skip }) => value === undefined && skip === undefined);
  if (failure !== undefined) return { state: "failed", error: failure.error ?? "no value was stored", warnings };
  const reason = repetitions.find(({ skip }) => skip !== undefined)?.skip;
  if (reason !== undefined) return { state: "skipped", reason };

  const blocks = completeBlocks(repetitions, planned.repetitions);
  const count = lastPerBlock(blocks).length;
  const missing = planned.blocks - count;
  if (missing <= 0) return { state: "measured", blocks, warnings };
  if (run.outcome === "complete") {
    return {
      state: "failed",
      error: `not measured: nothing is stored of ${missing} of ${planned.blocks} blocks`,
      warnings,
    };
  }
  const why = run.outcome === "failed" ? "the run failed" : "the run was interrupted";
  if (count === 0) return { state: "failed", error: `not measured: ${why}`, warnings };
  const message = `${count} of ${planned.blocks} blocks were measured: ${why}`;
  return { state: "measured", blocks, warnings: [{ code: "incomplete", message }, ...warnings] };
}

/** One record per block, repetition and sitting, in that order. */
function latestPerSlot(stored: readonly Repetition[]): Repetition[] {
  const bySlot = new Map(
    stored.map((repetition) => [`${repetition.block}-${repetition.rep}-${sessionOf(repetition)}`, repetition]),
  );
  return [...bySlot.values()].sort((a, b) => a.block - b.block || sessionOf(a) - sessionOf(b) || a.rep - b.rep);
}

/** Without a number it is of the first sitting: most runs have no other. */
export function sessionOf({ sitting = 1 }: Pick<Repetition, "sitting">): number {
  return sitting;
}

/** The baseline of a torn block is measured in each of its sittings: then a block is there more than once. */
function completeBlocks(repetitions: readonly Repetition[], perBlock: number): Block[] {
  const byBlock = new Map<number, Repetition[]>();
  for (const repetition of repetitions)
    byBlock.set(repetition.block, [...(byBlock.get(repetition.block) ?? []), repetition]);
  return [...byBlock].flatMap(([block, ofBlock]) => {
    const sessions = [...new Set(ofBlock.map(sessionOf))];
    const complete = sessions.flatMap((sitting) =>
      blockOf(
        block,
        sitting,
        ofBlock.filter((one) => sessionOf(one) === sitting),
        perBlock,
      ),
    );
    return complete.length > 0 ? complete : blockOf(block, null, ofBlock, perBlock);
  });
}

/** None when repetitions are missing. */
function blockOf(block: number, session: number | null, repetitions: readonly Repetition[], perBlock: number): Block[] {
  const byRep = new Map(repetitions.flatMap(({ rep, value }) => (value === undefined ? [] : [[rep, value] as const])));
  const values = [...byRep].sort(([a], [b]) => a - b).map(([, value]) => value);
  return values.length >= perBlock ? [{ block, session: session, repetitions: values, value: median(values) }] : [];
}

/** One per number of block, the last that was measured: what is counted and shown. */
export function lastPerBlock(blocks: readonly Block[]): Block[] {
  return [...new Map(blocks.map((block) => [block.block, block])).values()];
}

/** Warnings that came with the records, once per code, with the number of repetitions that carry it. */
function storedWarnings(repetitions: readonly Repetition[]): Warning[] {
  const byCode = new Map<string, string[]>();
  for (const { code, message } of repetitions.flatMap((repetition) => repetition.warnings ?? [])) {
    byCode.set(code, [...(byCode.get(code) ?? []), message]);
  }
  return [...byCode].map(([code, messages]) => ({
    code,
    message: `${messages[0]}${messages.length > 1 ? ` (and in ${messages.length - 1} more of ${repetitions.length} repetitions)` : ""}`,
  }));
}
