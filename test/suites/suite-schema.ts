/** Generates the JSON Schema of suite files from the declarations of the runners (published as suites/schema.json). */
import { FAMILIES } from "../../core/family.ts";
import type { ParamSpec, RunnerFacts } from "../../core/params.ts";
import type { Runners } from "../../suites/load.ts";
import { POD_RANGE_PREFIX } from "../../suites/pod-capacity.ts";
import { BACKGROUND_OBJECT_LIMITS } from "../../suites/background-objects.ts";

const NAME = { type: "string", pattern: "^[a-z0-9][a-z0-9-]{0,39}$" };
const COUNT = { type: "integer", minimum: 1, maximum: 1000 };
/** From one second to an hour. */
const DURATION = {
  oneOf: [
    { type: "integer", minimum: 1, maximum: 3600 },
    { type: "string", pattern: "^\\s*0*(([1-9]\\d{0,2}|[12]\\d{3}|3[0-5]\\d{2}|3600)s?|([1-9]|[1-5]\\d|60)m)\\s*$" },
  ],
};

export function suiteSchema(runners: Runners): object {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "urn:cnibench:suite:1",
    title: "cnibench suite",
    type: "object",
    required: ["name", "scenarios"],
    additionalProperties: false,
    properties: {
      name: { ...NAME, description: "part of every cell id" },
      description: { type: "string", default: "" },
      blocks: { ...COUNT, default: 10, description: "deployments of each plugin" },
      duration: { ...DURATION, default: 10, description: "load per repetition in whole seconds: 10, 10s or 2m" },
      scenarios: { type: "array", minItems: 1, items: { $ref: "#/$defs/scenario" } },
    },
    $defs: { scenario: scenarioSchema(runners) },
  };
}

function scenarioSchema(runners: Runners): object {
  return {
    type: "object",
    required: ["name", "runner"],
    additionalProperties: false,
    properties: {
      name: { ...NAME, description: "unique within the suite" },
      runner: { enum: Object.keys(runners) },
      paths: { type: "array", minItems: 1, uniqueItems: true, items: { type: "string" } },
      family: { enum: FAMILIES, default: "ipv4", description: "address family of the pods" },
      podRange: {
        type: "integer",
        minimum: POD_RANGE_PREFIX.min,
        maximum: POD_RANGE_PREFIX.max,
        default: 24,
        description: "prefix length of the IPv4 range for the pods of each node",
      },
      repetitions: { ...COUNT, default: 1, description: "repetitions per block; the value of a block is their median" },
      standing: {
        type: "object",
        additionalProperties: false,
        properties: Object.fromEntries(
          Object.entries(BACKGROUND_OBJECT_LIMITS).map(([name, { type, min, max }]) => [
            name,
            { type, minimum: min, maximum: max, default: 0 },
          ]),
        ),
        description: "background objects that exist during the measurement; requires Kubernetes",
      },
      params: { type: "object" },
    },
    allOf: Object.entries(runners).map(([name, facts]) => ({
      if: { properties: { runner: { const: name } }, required: ["runner"] },
      then: { properties: runnerProperties(facts) },
    })),
  };
}

function runnerProperties({ paths, params }: RunnerFacts): object {
  const podPaths = paths.filter((path) => path !== "host");
  return {
    paths: paths.length === 0 ? false : { items: { enum: podPaths } },
    params: {
      additionalProperties: false,
      properties: Object.fromEntries(Object.entries(params).map(([name, spec]) => [name, paramSchema(spec)])),
    },
  };
}

function paramSchema(spec: ParamSpec): object {
  const { type, summary: description, default: defaultValue } = spec;
  return type === "choice"
    ? { enum: spec.values, default: defaultValue, description }
    : { type, minimum: spec.min, maximum: spec.max, default: defaultValue, description };
}
