/** From the stored repetitions of one cell to one value per block, or the reason why there is none. */
import type { Warning } from "../core/model.ts";
import type { PlannedCell, Repetition, RunFile } from "./record.ts";
import { median } from "./statistics.ts";

/** One deployment: the unit of replication. */
export interface Block {
  readonly block: number;
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
  const repetitions = latest(stored);
  const warnings = storedWarnings(repetitions);
  const broken = repetitions.find((repetition) => repetition.value === undefined);
  if (broken !== undefined) return { state: "failed", error: broken.error ?? "no value was stored", warnings };

  const blocks = completeBlocks(repetitions, planned.repetitions);
  const missing = planned.blocks - blocks.length;
  if (missing <= 0) return { state: "measured", blocks, warnings };
  if (run.outcome === "complete") {
    return { state: "failed", error: `not measured: nothing is stored of ${missing} of ${planned.blocks} blocks`, warnings };
  }
  const why = run.outcome === "failed" ? "the run failed" : "the run was interrupted";
  if (blocks.length === 0) return { state: "failed", error: `not measured: ${why}`, warnings };
  const message = `${blocks.length} of ${planned.blocks} blocks were measured: ${why}`;
  return { state: "measured", blocks, warnings: [{ code: "incomplete", message }, ...warnings] };
}

/** One record per block and repetition, in that order: what was measured again takes the place of the first attempt. */
function latest(stored: readonly Repetition[]): Repetition[] {
  const bySlot = new Map(stored.map((repetition) => [`${repetition.block}-${repetition.rep}`, repetition]));
  return [...bySlot.values()].sort((a, b) => a.block - b.block || a.rep - b.rep);
}

function completeBlocks(repetitions: readonly Repetition[], perBlock: number): Block[] {
  const byBlock = new Map<number, number[]>();
  for (const { block, value } of repetitions) {
    if (value !== undefined) byBlock.set(block, [...(byBlock.get(block) ?? []), value]);
  }
  return [...byBlock]
    .filter(([, values]) => values.length >= perBlock)
    .map(([block, values]) => ({ block, repetitions: values, value: median(values) }));
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
