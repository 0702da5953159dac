/** How many blocks a suite measures: a fixed number, or as many as its headlines need, between two limits. */
import { childOf, type DataNode } from "../core/validation/document.ts";
import { mapOf } from "../core/validation/map.ts";
import { quote, type Problems } from "../core/validation/problems.ts";
import { numberIn, type DescribedType } from "../core/validation/value-types.ts";
import { MAX_COUNT, type StoppingRule } from "../results/index.ts";
import { PERCENTAGE_SCHEMA, shareOf } from "./percentage.ts";

/** As in the file. */
export type BlockCount = number | AdaptiveBlocks;

/** Stops after the first block, from `min` on, whose figure of the headlines is at most `until`. */
interface AdaptiveBlocks {
  readonly min: number;
  readonly max: number;
  /** Half width of the 95 % interval of a ratio of two plugins, as a percentage. */
  readonly until: string;
}

/** The half width at which an adaptive run stops unless the suite sets another one. */
export const DEFAULT_UNTIL = "5 %";

/** Returns the number of blocks that every run of the suite measures. */
export function minBlocks(count: BlockCount): number {
  return typeof count === "number" ? count : count.min;
}

/** Returns the largest number of blocks that a run of the suite measures. */
export function maxBlocks(count: BlockCount): number {
  return typeof count === "number" ? count : count.max;
}

/** Returns the rule that ends the suite, or null for a fixed number of blocks. */
export function stoppingRuleOf(count: BlockCount): StoppingRule | null {
  if (typeof count === "number") return null;
  const { min, max, until } = count;
  return { min, max, until: shareOf(until) ?? 0 };
}

const FIXED = numberIn({ type: "integer", min: 1, max: MAX_COUNT });
const LIMIT = numberIn({ type: "integer", min: 2, max: MAX_COUNT });

const UNTIL: DescribedType<string> = {
  schema: PERCENTAGE_SCHEMA,
  read: (node, label, problems) => {
    const written = node.kind === "scalar" ? String(node.value) : "";
    if (shareOf(written) !== null) return written;
    problems.addMismatch(node, label, 'a percentage above 0 % and below 100 %, such as "5 %"');
    return null;
  },
};

const ADAPTIVE = mapOf({
  min: {
    type: LIMIT,
    label: "the smallest number of blocks",
    missing: 'adaptive blocks have no smallest number; add "min:"',
  },
  max: {
    type: LIMIT,
    label: "the largest number of blocks",
    missing: 'adaptive blocks have no largest number; add "max:"',
  },
  until: {
    type: UNTIL,
    label: "until",
    default: DEFAULT_UNTIL,
    description: "half width of the 95 % interval of a ratio of two plugins at which the suite stops",
  },
});

export const BLOCK_COUNT: DescribedType<BlockCount> = {
  schema: { oneOf: [FIXED.schema, ADAPTIVE.schema] },
  read: (node, label, problems) => {
    if (node.kind === "map") return readAdaptive(node, problems);
    if (node.kind === "scalar") return FIXED.read(node, label, problems);
    problems.addMismatch(node, label, `an integer from 1 to ${MAX_COUNT}, or a map with min, max and until`);
    return null;
  },
};

function readAdaptive(node: DataNode, problems: Problems): BlockCount | null {
  const { min, max, until } = ADAPTIVE.read(node, "adaptive blocks", problems) ?? {};
  if (min === undefined || max === undefined || until === undefined) return null;
  if (max <= min) {
    const rule = `the largest number of blocks must exceed the smallest, ${min}, not ${quote(String(max))}`;
    problems.add(childOf(node, "max") ?? node, `${rule}; for a fixed number, use "blocks: ${min}"`);
    return null;
  }
  return { min, max, until };
}

/** Adds a problem if nothing ends an adaptive suite before its largest number of blocks. */
export function checkAdaptive(node: DataNode | null, headlines: readonly string[], problems: Problems): void {
  if (node?.kind === "map" && headlines.length === 0)
    problems.add(node, 'adaptive blocks stop by the spread of headlines, and the suite has none; add "headlines:"');
}
