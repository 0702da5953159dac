/** What stands on a cluster while a scenario is measured. */
import type { BackgroundObjects } from "../core/model.ts";
import type { YamlNode } from "../core/yaml.ts";
import { readMap, readNumber, type Problems } from "./fields.ts";

/** As many as a cluster of Kubernetes is tested with, and pods of some fifty nodes. */
export const BACKGROUND_OBJECT_LIMITS = {
  services: { type: "integer", min: 0, max: 10_000 },
  policies: { type: "integer", min: 0, max: 10_000 },
  pods: { type: "integer", min: 0, max: 5000 },
} as const;

/** What is left out is 0; null: nothing stands. */
export function readBackgroundObjects(node: YamlNode | undefined, problems: Problems): BackgroundObjects | null {
  const given = node === undefined ? null : readMap(node, "standing", Object.keys(BACKGROUND_OBJECT_LIMITS), problems);
  if (given === null) return null;
  const count = (what: keyof BackgroundObjects): number => {
    const value = given.get(what);
    return value === undefined
      ? 0
      : (readNumber(value, `standing ${what}`, BACKGROUND_OBJECT_LIMITS[what], problems) ?? 0);
  };
  return { services: count("services"), policies: count("policies"), pods: count("pods") };
}
