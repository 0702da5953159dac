/**
 * The format of suite files (docs/suites.md). Each key is declared once, for the loader, for its messages and for
 * schema.json.
 */
import { parseDuration } from "../core/quantities.ts";
import { FAMILIES } from "../core/model.ts";
import { UsageError, messageOf } from "../core/errors.ts";
import { isServicePath, type Path } from "../core/model.ts";
import type { ParamSpec, RunnerFacts } from "../core/params.ts";
import type { DataNode } from "../core/validation/document.ts";
import { mapOf, type DescribedFields, type Field } from "../core/validation/map.ts";
import { quote, suggestionFor, unknownName, type Problems } from "../core/validation/problems.ts";
import { matching, numberIn, oneOf, text, type DescribedType } from "../core/validation/value-types.ts";
import { MAX_COUNT } from "../results/index.ts";
import { BLOCK_COUNT } from "./block-count.ts";
import { EQUIVALENCE } from "./equivalence.ts";
import { HEADLINES } from "./headlines.ts";
import { POD_RANGE_PREFIX } from "./pod-capacity.ts";
import type { Scenario } from "./suite.ts";

export type Runners = Readonly<Record<string, RunnerFacts>>;

/** The runner of a scenario. Its paths and parameters depend on it. */
export interface KnownRunner {
  readonly name: string;
  readonly facts: RunnerFacts;
}

const COUNT = numberIn({ type: "integer", min: 1, max: MAX_COUNT });
const NAME = matching(
  /^[a-z0-9][a-z0-9-]{0,39}$/,
  "1 to 40 lowercase letters, digits or hyphens, starting with a letter or digit",
);

/** Seconds, from one second to an hour. */
const DURATION: DescribedType<number> = {
  schema: {
    oneOf: [
      { type: "integer", minimum: 1, maximum: 3600 },
      { type: "string", pattern: "^\\s*0*(([1-9]\\d{0,2}|[12]\\d{3}|3[0-5]\\d{2}|3600)s?|([1-9]|[1-5]\\d|60)m)\\s*$" },
    ],
  },
  read: (node, label, problems) => {
    const value = node.kind === "scalar" ? node.value : null;
    try {
      return parseDuration(typeof value === "number" || typeof value === "string" ? value : "");
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      problems.add(node, `${label}: ${messageOf(error)}`);
      return null;
    }
  },
};

/** Services and policies: the scale that Kubernetes itself is tested with. Pods: about fifty full nodes. */
const BACKGROUND_OBJECTS = {
  services: backgroundCount("services", 10_000),
  policies: backgroundCount("policies", 10_000),
  pods: backgroundCount("pods", 5000),
} as const satisfies DescribedFields;

export const SCENARIOS_SCHEMA = { type: "array", minItems: 1, items: { $ref: "#/$defs/scenario" } } as const;

export function suiteFields(scenarios: DescribedType<readonly Scenario[]>) {
  return {
    name: {
      type: NAME,
      label: "the suite name",
      missing: 'the suite has no name; add "name:"',
      description: "part of every cell id",
    },
    description: { type: text, label: "the description", default: "" },
    blocks: { type: BLOCK_COUNT, label: "blocks", default: 10, description: "deployments of each plugin" },
    duration: {
      type: DURATION,
      label: "duration",
      default: 10,
      description: "load per repetition in whole seconds: 10, 10s or 2m",
    },
    headlines: {
      type: HEADLINES,
      label: "headlines",
      default: [],
      description: "questions (scenario/path/metric) with a chance of at most 5 % of any false difference",
    },
    equivalence: {
      type: EQUIVALENCE,
      label: "equivalence",
      default: {},
      description: "the largest difference of a metric that counts as equal; default: 5 %",
    },
    scenarios: { type: scenarios, label: "scenarios", missing: 'the suite has no scenarios; add "scenarios:"' },
  } as const satisfies DescribedFields;
}

/** @param runner null if it is unknown: then paths and parameters cannot be read */
export function scenarioFields(runners: Runners, runner: KnownRunner | null) {
  const known = Object.keys(runners);
  return {
    name: {
      type: NAME,
      label: "the scenario name",
      missing: 'this scenario has no name; add "name:"',
      description: "unique within the suite",
    },
    runner: {
      type: oneOf(known, (name) => unknownName("runner", name, known)),
      label: "runner",
      missing: `this scenario has no runner; add "runner:" with one of ${known.join(", ")}`,
    },
    paths: { type: runner === null ? ANY_PATHS : pathsOf(runner), label: "paths" },
    family: {
      type: oneOf(FAMILIES, (name) => unknownName("family", name, FAMILIES)),
      label: "family",
      default: "ipv4",
      description: "address family of the pods",
    },
    podRange: {
      type: numberIn(POD_RANGE_PREFIX),
      label: "podRange",
      default: 24,
      description: "prefix length of the IPv4 range for the pods of each node",
    },
    repetitions: {
      type: COUNT,
      label: "repetitions",
      default: 1,
      description: "repetitions per block; the value of a block is their median",
    },
    standing: {
      type: mapOf(BACKGROUND_OBJECTS),
      label: "standing",
      description: "background objects that exist during the measurement; requires Kubernetes",
    },
    params: runner === null ? { type: ANY_PARAMS } : { type: paramsOf(runner), label: paramsLabel(runner) },
  } as const satisfies DescribedFields;
}

const ANY_PATHS: DescribedType<readonly Path[]> = {
  schema: { type: "array", minItems: 1, uniqueItems: true, items: { type: "string" } },
  read: () => null,
};
const ANY_PARAMS: DescribedType<Scenario["params"]> = { schema: { type: "object" }, read: () => null };

/** Returns the paths that a scenario may list. The baseline is always measured. */
function allowedPaths({ paths }: RunnerFacts): readonly Path[] {
  return paths.filter((path) => path !== "host");
}

/** All pod-to-pod paths that the runner supports, or all its paths if it supports no pod-to-pod path. */
export function defaultPaths(facts: RunnerFacts): readonly Path[] {
  const allowed = allowedPaths(facts);
  const podPaths = allowed.filter((path) => !isServicePath(path));
  return podPaths.length > 0 ? podPaths : allowed;
}

function pathsOf({ name, facts }: KnownRunner): DescribedType<readonly Path[]> {
  const allowed = allowedPaths(facts);
  const path = oneOf(allowed, (given) =>
    given === "host"
      ? 'path "host" is the baseline, which every block measures; remove it'
      : unknownName("path", given, allowed),
  );
  return {
    schema: { ...ANY_PATHS.schema, items: path.schema },
    read: (node, label, problems) => {
      if (facts.paths.length === 0) {
        problems.add(node, `runner ${name} runs on the deployment and takes no paths; remove "paths"`);
        return null;
      }
      const paths = new Set<Path>();
      for (const item of itemsOf(node, label, `of ${allowed.join(", ")}`, problems)) {
        const read = path.read(item, "a path", problems);
        if (read === null) continue;
        if (paths.has(read)) problems.add(item, `duplicate path ${quote(read)}; remove it`);
        paths.add(read);
      }
      return [...paths];
    },
  };
}

/** Returns the items of a list, or nothing after adding a problem. @param content what the list must have one of */
export function itemsOf(node: DataNode, label: string, content: string, problems: Problems): readonly DataNode[] {
  if (node.kind === "list" && node.items.length > 0) return node.items;
  problems.add(node, `${label} must be a list with at least one ${content}`);
  return [];
}

/** Returns the parameters of a scenario without `params`. */
export function defaultParams({ params }: RunnerFacts): Scenario["params"] {
  return Object.fromEntries(Object.entries(params).map(([name, spec]) => [name, spec.default]));
}

/** The parameters of a runner, completed with defaults. */
function paramsOf({ facts }: KnownRunner): DescribedType<Scenario["params"]> {
  const fields = Object.entries(facts.params).map(([name, spec]): [string, ParamField] => [
    name,
    paramField(name, spec),
  ]);
  return mapOf(Object.fromEntries(fields));
}

function paramsLabel({ name }: KnownRunner): string {
  return `the params of runner ${name}`;
}

type ParamField = Field<number | string> & {
  readonly type: DescribedType<number | string>;
  readonly default: number | string;
};

function paramField(label: string, spec: ParamSpec): ParamField {
  const { summary: description } = spec;
  if (spec.type !== "choice") return { type: numberIn(spec), label, default: spec.default, description };
  const choices = spec.values.join(", ");
  const type = oneOf(
    spec.values,
    (value) => `${label} must be one of ${choices}, not ${quote(value)}${suggestionFor(value, spec.values)}`,
  );
  return { type, label, default: spec.default, description };
}

function backgroundCount(kind: string, max: number) {
  return { type: numberIn({ type: "integer", min: 0, max }), label: `standing ${kind}`, default: 0 };
}
