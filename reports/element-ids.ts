/** The ids and data attributes of views and rows in a page. Links to them stay valid when it is rendered again. */
import type { Comparison, SummaryCell } from "../results/index.ts";
import type { Figure, RankedCell } from "./questions.ts";

/** Longer names, and names with other characters, are replaced by a number. */
const PLAIN_NAME = /^[\w.-]{1,60}$/;

/**
 * Returns the id of the view of each figure: `v-tcp-1-throughput`, with a number if another figure has it already.
 * @param prefix of all ids, if a page shows several runs
 */
export function viewIds(figures: readonly Figure[], prefix = ""): ReadonlyMap<Figure, string> {
  const used = new Set<string>();
  return new Map(
    figures.map((figure) => [figure, `${prefix}${unusedId(`v-${figure.scenario}-${figure.metric}`, used)}`]),
  );
}

/** Returns an id that was not used before, and marks it as used. */
export function unusedId(wanted: string, used: Set<string>): string {
  const plain = wanted.replaceAll(/[^\w.-]+/g, "-");
  let id = plain;
  for (let number = 2; used.has(id); number++) id = `${plain}-${number}`;
  used.add(id);
  return id;
}

/**
 * Returns the id of a row in a view: `r-tcp-1-throughput-cross-node-bridge`.
 * @param plugins the plugins of the run, which number those whose names cannot be part of an id
 */
export function rowId(view: string, { path, plugin }: SummaryCell, plugins: readonly string[]): string {
  return `${view.replace(/(?<=^|^run-\d+-)v-/, "r-")}-${path}-${idPart(plugin, plugins)}`;
}

/** Returns the name of a plugin as a part of an id. @param plugins as in {@link rowId} */
export function idPart(plugin: string, plugins: readonly string[]): string {
  return PLAIN_NAME.test(plugin) ? plugin : `~${plugins.indexOf(plugin) + 1}`;
}

/**
 * How a plugin compares with the reference, the compared plugin with the best median: a verdict; `best` if it is that
 * one and better than all others; `reference` if it is that one, but not shown to be better than all.
 */
export type Mark = Comparison["verdict"] | "best" | "reference";

/** Returns null for a plugin that was not compared with the reference. */
export function markOf({ ranks, isReference, versusBest }: RankedCell): Mark | null {
  if (!isReference) return versusBest?.verdict ?? null;
  return ranks?.[1] === 1 ? "best" : "reference";
}

/** The data attributes that filters use. Values are plain names. */
export interface RowData {
  readonly suite: string;
  readonly scenario: string;
  readonly metric: string;
  readonly path: string;
  readonly plugin: string;
  /** `measured`, `failed` or `skipped`. */
  readonly state: string;
  readonly verdict: Mark | "";
}

export function rowData(ranked: RankedCell): RowData {
  const { suite, scenario, metric, path, plugin, state } = ranked.cell;
  return { suite, scenario, metric, path, plugin, state, verdict: markOf(ranked) ?? "" };
}
