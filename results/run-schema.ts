/** Validates values with the published JSON Schemas (results/schema/*.json). */
import { createRequire } from "node:module";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { NOISE_CARD_VERSION } from "./noise/noise-card.ts";
import { SCHEMA_VERSION } from "./record.ts";
import { detailsProblem, type RepetitionDetails } from "./repetition-details.ts";
import { GATE_VERSION } from "./run-comparison/gate-file.ts";
import { COMPARISON_VERSION } from "./run-comparison/run-comparison.ts";
import { SUMMARY_VERSION } from "./summary.ts";
// Type imports only: tsc copies imported JSON into the build, but Node 20 warns if it is imported at run time.
import type comparison from "./schema/comparison.json";
import type gate from "./schema/gate.json";
import type noiseCard from "./schema/noise-card.json";
import type result from "./schema/result.json";
import type run from "./schema/run.json";
import type summary from "./schema/summary.json";

interface Schemas {
  readonly run: typeof run;
  readonly result: typeof result;
  readonly summary: typeof summary;
  readonly "noise-card": typeof noiseCard;
  readonly gate: typeof gate;
  readonly comparison: typeof comparison;
}

type SchemaName = keyof Schemas;

/** Versions of the schemas, which are part of their URNs. */
const VERSIONS: Readonly<Record<SchemaName, number>> = {
  run: SCHEMA_VERSION,
  result: SCHEMA_VERSION,
  summary: SUMMARY_VERSION,
  "noise-card": NOISE_CARD_VERSION,
  gate: GATE_VERSION,
  comparison: COMPARISON_VERSION,
};

/** Returns position and problem (`/plan/blocks must be >= 1`), or null for a valid value. */
export type Validator = (value: unknown) => string | null;

let compiler: Ajv2020 | undefined;

/** Returns a validator that compiles its schema on first use, because this takes up to 100 ms. */
export function validator(name: SchemaName): Validator {
  let validate: ValidateFunction | undefined;
  return (value) => {
    validate ??= compile(name);
    if (validate(value) === true) return name === "result" ? detailsProblem(value as RepetitionDetails) : null;
    const first = validate.errors?.[0];
    return `${first?.instancePath ?? ""} ${first?.message ?? "is not valid"}`.trim();
  };
}

function compile(name: SchemaName): ValidateFunction {
  compiler ??= loadSchemas();
  const validate = compiler.getSchema(`urn:cnibench:${name}:${VERSIONS[name]}`);
  if (validate === undefined) throw new Error(`unknown schema ${name}`);
  return validate;
}

function loadSchemas(): Ajv2020 {
  const require = createRequire(import.meta.url);
  const ajv = new Ajv2020({ strictTypes: false });
  for (const name of Object.keys(VERSIONS)) ajv.addSchema(require(`./schema/${name}.json`) as object);
  return ajv;
}
