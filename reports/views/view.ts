/** A view: one drawing of a run, with its texts. */
import type { RunFile } from "../../results/index.ts";
import type { Text } from "../language/text.ts";
import { unusedId } from "../element-ids.ts";
import type { PluginStyle } from "./plugin-styles.ts";

export interface View {
  /** Unique in the run; the `id` in the page, and the value of `report --view`. */
  readonly id: string;
  readonly title: Text;
  /** What the marks mean, and which direction is better. */
  readonly caption: Text;
  /** The scenarios and metrics of a view that belongs to no single metric, by which the filter of a page finds it. */
  readonly scenarios?: readonly string[];
  readonly metrics?: readonly string[];
  /** Returns the SVG, in which colors are CSS variables. */
  readonly draw: () => Promise<string>;
}

/** What the views of a run have in common. */
export interface ViewContext {
  readonly run: RunFile;
  readonly styles: readonly PluginStyle[];
  /** Returns an ID that no other view has. */
  readonly id: (...names: readonly string[]) => string;
}

/** Returns the function that makes the IDs of views: `v-tcp-1-percentiles`, with a number if another view has it. */
export function idMaker(): ViewContext["id"] {
  const used = new Set<string>();
  return (...names) => unusedId(["v", ...names].join("-"), used);
}

/** Sorts items by the position of their plugin in the plan; other names are last. */
export function inPlanOrder<T extends { readonly plugin: string }>(context: ViewContext, items: readonly T[]): T[] {
  const position = ({ plugin }: T): number => {
    const index = context.styles.findIndex(({ name }) => name === plugin);
    return index === -1 ? context.styles.length : index;
  };
  return items.toSorted((a, b) => position(a) - position(b));
}
