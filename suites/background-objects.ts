/** Reads the background objects of a scenario: Kubernetes objects that exist during the measurement. */
import type { BackgroundObjects } from "../core/model.ts";
import type { YamlNode } from "../core/yaml.ts";
import { readMap, readNumber, type Problems } from "./fields.ts";

/** Services and policies: the scale that Kubernetes itself is tested with. Pods: about fifty full nodes. */
export const BACKGROUND_OBJECT_LIMITS = {
  services: { type: "integer", min: 0, max: 10_000 },
  policies: { type: "integer", min: 0, max: 10_000 },
  pods: { type: "integer", min: 0, max: 5000 },
} as const;

/** Returns the counts (default: 0 each), or null for a scenario without background objects. */
export function readBackgroundObjects(node: YamlNode | undefined, problems: Problems): BackgroundObjects | null {
  const given = node === undefined ? null : readMap(node, "standing", Object.keys(BACKGROUND_OBJECT_LIMITS), problems);
  if (given === null) return null;
  const count = (kind: keyof BackgroundObjects): number => {
    const value = given.get(kind);
    if (value === undefined) return 0;
    return readNumber(value, `standing ${kind}`, BACKGROUND_OBJECT_LIMITS[kind], problems) ?? 0;
  };
  return { services: count("services"), policies: count("policies"), pods: count("pods") };
}
