/** The equivalence bands of a suite: for each metric, the largest difference that counts as equal. */
import { METRICS, type MetricName } from "../core/metrics.ts";
import type { DataNode } from "../core/validation/document.ts";
import { unknownName } from "../core/validation/problems.ts";
import { MapReader } from "../core/validation/map.ts";
import { numberIn, type DescribedType } from "../core/validation/value-types.ts";
import type { Band } from "../results/index.ts";
import { PERCENTAGE_SCHEMA, shareOf } from "./percentage.ts";

/** A band as in the file: a percentage, or a difference in the unit of the metric for values that can be 0. */
type WrittenBand = string | { readonly difference: number };
export type Equivalence = Readonly<Partial<Record<MetricName, WrittenBand>>>;

const DIFFERENCE = numberIn({ type: "number", min: 0, max: 1e15 });

/** Returns the bands of a suite by metric. */
export function bandsByMetric(equivalence: Equivalence): Record<string, Band> {
  return Object.fromEntries(
    Object.entries(equivalence).map(([metric, band]) => [
      metric,
      typeof band === "string" ? { ratio: 1 + (shareOf(band) ?? 0) } : band,
    ]),
  );
}

const BAND: DescribedType<WrittenBand> = {
  schema: {
    oneOf: [
      PERCENTAGE_SCHEMA,
      {
        type: "object",
        required: ["difference"],
        additionalProperties: false,
        properties: { difference: DIFFERENCE.schema },
      },
    ],
  },
  read: (node, label, problems) => {
    if (node.kind === "map") {
      const missing = `${label} has no difference; add "difference:" in the unit of the metric`;
      const map = new MapReader(node, label, { difference: { type: DIFFERENCE, missing } }, problems);
      const difference = map.value("difference");
      return difference === undefined ? null : { difference };
    }
    const written = node.kind === "scalar" ? String(node.value) : "";
    if (shareOf(written) !== null) return written;
    problems.addMismatch(node, label, 'a percentage such as "5 %", or "difference:" in the unit of the metric');
    return null;
  },
};

/** A map from metrics to bands. */
export const EQUIVALENCE: DescribedType<Equivalence> = {
  schema: {
    type: "object",
    additionalProperties: false,
    properties: Object.fromEntries(Object.keys(METRICS).map((metric) => [metric, BAND.schema])),
  },
  read: (node: DataNode, label, problems) => {
    if (node.kind !== "map") {
      problems.addMismatch(node, label, "a map from metrics to bands");
      return null;
    }
    const known = Object.keys(METRICS);
    const bands = node.entries.flatMap(({ key, keyPosition, value }) => {
      if (!known.includes(key)) {
        problems.add(keyPosition, unknownName("metric", key, known));
        return [];
      }
      const band = BAND.read(value, `the band of ${key}`, problems);
      return band === null ? [] : [[key, band] as const];
    });
    return Object.fromEntries(bands);
  },
};
