import type { ParamSpec, RunnerFacts } from "../core/params.ts";
import type { YamlNode } from "../core/yaml.ts";
import type { Scenario } from "./suite.ts";
import { quote, readMap, readNumber, readString } from "./fields.ts";
import type { Problems } from "./fields.ts";
import { didYouMean } from "../core/suggest.ts";

/** The parameters of a scenario, each checked against what its runner declares; what is left out gets its default. */
export function readParams(
  node: YamlNode | undefined,
  runner: string,
  facts: RunnerFacts,
  problems: Problems,
): Scenario["params"] {
  const given =
    node === undefined ? null : readMap(node, `the params of runner ${runner}`, Object.keys(facts.params), problems);
  const read = Object.entries(facts.params).map(([name, spec]) => {
    const value = given?.get(name);
    return [
      name,
      value === undefined ? spec.default : (readParam(value, name, spec, problems) ?? spec.default),
    ] as const;
  });
  return Object.fromEntries(read);
}

function readParam(node: YamlNode, name: string, spec: ParamSpec, problems: Problems): number | string | null {
  if (spec.type !== "choice") return readNumber(node, name, spec, problems);
  const text = readString(node, name, problems);
  if (text === null || spec.values.includes(text)) return text;
  problems.add(
    node,
    `${name} must be one of ${spec.values.join(", ")}, not ${quote(text)}${didYouMean(text.slice(0, 100), spec.values)}`,
  );
  return null;
}
