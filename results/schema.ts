/** The published JSON Schemas (results/schema/*.json), ready to check a value. */
import { createRequire } from "node:module";
import { Ajv2020 } from "ajv/dist/2020.js";
// Types only: the compiler copies imported JSON into the build, and Node 20 warns when it is imported at run time.
import type result from "./schema/result.json";
import type run from "./schema/run.json";
import type summary from "./schema/summary.json";

interface Schemas {
  readonly run: typeof run;
  readonly result: typeof result;
  readonly summary: typeof summary;
}

export type SchemaName = keyof Schemas;

const SCHEMA_NAMES: readonly SchemaName[] = ["run", "result", "summary"];

/** Where it is wrong and how, `/plan/blocks must be >= 1`, or null for a value that follows the schema. */
export type Validator = (value: unknown) => string | null;

let compiler: Ajv2020 | undefined;

/** Compiles a schema on first use: some milliseconds that only commands which read a run pay. */
export function validator(name: SchemaName): Validator {
  compiler ??= loadSchemas();
  const validate = compiler.getSchema(`urn:cnibench:${name}:1`);
  if (validate === undefined) throw new Error(`there is no schema ${name}`);
  return (value) => {
    if (validate(value) === true) return null;
    const first = validate.errors?.[0];
    return `${first?.instancePath ?? ""} ${first?.message ?? "is not valid"}`.trim();
  };
}

function loadSchemas(): Ajv2020 {
  const require = createRequire(import.meta.url);
  const ajv = new Ajv2020({ strictTypes: false });
  for (const name of SCHEMA_NAMES) ajv.addSchema(require(`./schema/${name}.json`) as object);
  return ajv;
}
