/** The runs of a campaign: their number, order and suite. Pure. */
import type { Plugin } from "../../plugins/index.ts";
import type { Suite } from "../../suites/index.ts";
import { ORIGINAL, type SlowedCopy } from "./copies.ts";

/** What all runs of a campaign measure. */
export interface Design {
  readonly suite: Suite;
  /** Globs of cells, as of `--only`. */
  readonly only: readonly string[];
}

/** One run of a campaign, which compares two plugins. */
export interface CampaignRun {
  /** Name of its directory, such as `equal-01` or `sleep-02`. */
  readonly id: string;
  /** null: the same plugin under two names. */
  readonly copy: SlowedCopy | null;
}

/** Number of runs: of equal plugins, and of each slowed copy. */
export interface Counts {
  readonly equal: number;
  readonly slowed: number;
}

/** Globs of the cells of the headlines of the suite `quick`. */
export const HEADLINE_CELLS = ["*/tcp-1/*/cross-node/*", "*/tcp-rr/*/cross-node/*", "*/pods/*"];
export const CELLS_OF_CUT = ["*/pods/*"];
const HEADLINE_OF_CUT = "pods/same-node/add-time";
/** Two more than one headline needs, so that one outlier does not hide a difference. */
export const BLOCKS_OF_CUT = 8;

/** Returns the design of a campaign: the headlines of a suite, or for CI only the time of ADD. */
export function designOf(suite: Suite, isCut: boolean): Design {
  if (!isCut) return { suite, only: HEADLINE_CELLS };
  return { suite: { ...suite, blocks: BLOCKS_OF_CUT, headlines: [HEADLINE_OF_CUT] }, only: CELLS_OF_CUT };
}

/** Returns the runs, mixed so that an incomplete campaign has runs of every kind in proportion. */
export function runsOf(copies: readonly SlowedCopy[], { equal, slowed }: Counts): CampaignRun[] {
  return mixed([
    { name: "equal", count: equal, kind: null },
    ...copies.map((copy) => ({ name: copy.name, count: slowed, kind: copy })),
  ]).map(({ id, kind }) => ({ id, copy: kind }));
}

interface Series<Kind> {
  readonly name: string;
  readonly count: number;
  readonly kind: Kind;
}

/** Returns the runs of all series in an order in which each part has runs of every series in proportion. */
export function mixed<Kind>(series: readonly Series<Kind>[]): { readonly id: string; readonly kind: Kind }[] {
  return series
    .flatMap(({ name, kind, count }) =>
      Array.from({ length: count }, (_, i) => ({
        run: { id: `${name}-${String(i + 1).padStart(2, "0")}`, kind },
        position: (i + 0.5) / count,
      })),
    )
    .sort((a, b) => a.position - b.position)
    .map(({ run }) => run);
}

/** Returns the two plugins that a run compares. */
export function pluginsOf({ copy }: CampaignRun): readonly Plugin[] {
  if (copy !== null) return [ORIGINAL, copy.plugin];
  return ["a", "b"].map((letter) => ({ ...ORIGINAL, name: `${ORIGINAL.name}-${letter}` }));
}
