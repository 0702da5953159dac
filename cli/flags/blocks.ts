/** `--blocks`: a fixed number of blocks, or a range in which the headlines of a suite decide. */
import { UsageError } from "../../core/errors.ts";
import { integerParser } from "../../core/quantities.ts";
import { MAX_COUNT } from "../../results/index.ts";
import { DEFAULT_UNTIL, type BlockCount } from "../../suites/index.ts";

export type BlocksFlag = number | { readonly min: number; readonly max: number };

/** Parses `9` or `6..20`. @throws UsageError */
export function parseBlocks(written: string): BlocksFlag {
  const [, min, max] = /^(\d+)\.\.(\d+)$/.exec(written) ?? [];
  if (min === undefined || max === undefined) return parseFixed(written);
  const range = { min: parseLimit(min), max: parseLimit(max) };
  if (range.max > range.min) return range;
  throw new UsageError(`expected a larger second number in the range ${written}, such as 6..20`);
}

/** Returns the blocks of a suite. A range keeps the target of the suite, if it has one. */
export function applyBlocks(flag: BlocksFlag | undefined, blocks: BlockCount): BlockCount {
  if (flag === undefined || typeof flag === "number") return flag ?? blocks;
  return { ...flag, until: typeof blocks === "number" ? DEFAULT_UNTIL : blocks.until };
}

const parseLimit = integerParser(2, MAX_COUNT);

function parseFixed(written: string): number {
  try {
    return integerParser(1, MAX_COUNT)(written);
  } catch {
    throw new UsageError(`expected an integer from 1 to ${MAX_COUNT}, or a range such as 6..20`);
  }
}
