/** Groups of scenarios that differ in one parameter, such as the offered rate, from the stored suites of a run. */
import { groupBy } from "../../core/group.ts";
import { listAt, stringAt, valueAt } from "../../core/untrusted-json.ts";
import type { RunFile } from "../../results/index.ts";

/** Parameters with a view of their own, if several scenarios differ only in one of them. */
export const SWEPT_PARAMS = ["rate", "existing", "size"] as const;
export type SweptParam = (typeof SWEPT_PARAMS)[number];

export interface Sweep {
  readonly suite: string;
  readonly param: SweptParam;
  /** At least two scenarios, by rising value. */
  readonly steps: readonly { readonly scenario: string; readonly value: number }[];
}

interface Step {
  readonly scenario: string;
  readonly value: number;
  readonly others: string;
}

/** Returns the groups in plan order. A scenario that relies on the default of the parameter belongs to none. */
export function sweepsOf({ definition }: Pick<RunFile, "definition">): Sweep[] {
  return definition.suites.flatMap((suite) => {
    const name = stringAt(suite, "name") ?? "";
    return SWEPT_PARAMS.flatMap((param) =>
      [...groupBy(stepsOf(suite, param), ({ others }) => others).values()]
        .map((steps) => ({ suite: name, param, steps: distinct(steps) }))
        .filter(({ steps }) => steps.length > 1),
    );
  });
}

function stepsOf(suite: object, param: SweptParam): Step[] {
  return listAt(suite, "scenarios").flatMap((scenario): Step[] => {
    const params = valueAt(scenario, "params");
    const value = valueAt(params, param);
    if (typeof value !== "number" || !Number.isFinite(value)) return [];
    const others = { ...(params as object), [param]: null };
    const sorted = Object.entries(others).toSorted(([a], [b]) => (a < b ? -1 : 1));
    const name = stringAt(scenario, "name") ?? "";
    return [{ scenario: name, value, others: JSON.stringify([stringAt(scenario, "runner"), sorted]) }];
  });
}

/** Sorts the scenarios; of those with one value, the first counts. */
function distinct(steps: readonly Step[]): Sweep["steps"] {
  return [...groupBy(steps, ({ value }) => value).values()]
    .flatMap(([first]) => (first === undefined ? [] : [{ scenario: first.scenario, value: first.value }]))
    .toSorted((a, b) => a.value - b.value);
}
