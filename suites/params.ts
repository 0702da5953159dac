/** Reads the parameters of a scenario. */
import type { ParamSpec, RunnerFacts } from "../core/params.ts";
import type { YamlNode } from "../core/yaml.ts";
import { quote, readMap, readNumber, readString, suggestionFor } from "./fields.ts";
import type { Problems } from "./fields.ts";
import type { Scenario } from "./suite.ts";

/** Returns the parameters of a scenario, validated against its runner and completed with defaults. */
export function readParams(
  node: YamlNode | undefined,
  runner: string,
  facts: RunnerFacts,
  problems: Problems,
): Scenario["params"] {
  const given =
    node === undefined ? null : readMap(node, `the params of runner ${runner}`, Object.keys(facts.params), problems);
  const params = Object.entries(facts.params).map(([name, spec]) => {
    const value = given?.get(name);
    return [
      name,
      value === undefined ? spec.default : (readParam(value, name, spec, problems) ?? spec.default),
    ] as const;
  });
  return Object.fromEntries(params);
}

function readParam(node: YamlNode, name: string, spec: ParamSpec, problems: Problems): number | string | null {
  if (spec.type !== "choice") return readNumber(node, name, spec, problems);
  const value = readString(node, name, problems);
  if (value === null || spec.values.includes(value)) return value;
  const choices = spec.values.join(", ");
  problems.add(node, `${name} must be one of ${choices}, not ${quote(value)}${suggestionFor(value, spec.values)}`);
  return null;
}
