/** Generates the JSON Schema of suite files (schema.json) from the declarations of the format and of the runners. */
import { mapSchema } from "../core/validation/map.ts";
import type { JsonSchema } from "../core/validation/value-types.ts";
import { SCENARIOS_SCHEMA, scenarioFields, suiteFields, type KnownRunner, type Runners } from "./suite-format.ts";

export function suiteSchema(runners: Runners): JsonSchema {
  const known = Object.entries(runners).map(([name, facts]): KnownRunner => ({ name, facts }));
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "urn:cnibench:suite:1",
    title: "cnibench suite",
    ...mapSchema(suiteFields({ schema: SCENARIOS_SCHEMA, read: () => null })),
    $defs: {
      scenario: {
        ...mapSchema(scenarioFields(runners, null)),
        allOf: known.map((runner) => ({
          if: { properties: { runner: { const: runner.name } }, required: ["runner"] },
          then: { properties: runnerProperties(runners, runner) },
        })),
      },
    },
  };
}

/** What the runner adds to the rules for the paths and parameters of every scenario. */
function runnerProperties(runners: Runners, runner: KnownRunner): JsonSchema {
  const { paths, params } = scenarioFields(runners, runner);
  const { additionalProperties, properties } = params.type.schema;
  return {
    paths: runner.facts.paths.length === 0 ? false : { items: paths.type.schema.items },
    params: { additionalProperties, properties },
  };
}
