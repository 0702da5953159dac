/** Types of values in a file: each reads a value or reports why it is invalid. */
import type { DataNode, ScalarNode } from "./document.ts";
import type { Problems } from "./problems.ts";

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface Type<T> {
  /** Returns the value, or null after adding the problem. @param label names the value in messages */
  readonly read: (node: DataNode, label: string, problems: Problems) => T | null;
}

/** A type with a JSON Schema (2020-12) of its valid values. */
export interface DescribedType<T> extends Type<T> {
  readonly schema: JsonSchema;
}

type Scalar = ScalarNode["value"];

export const text = scalar<string>("a string", { type: "string" }, (value) => typeof value === "string");

export const boolean = scalar<boolean>("true or false", { type: "boolean" }, (value) => typeof value === "boolean");

/** Any list. */
export const list: Type<readonly DataNode[]> = {
  read: (node, label, problems) => {
    if (node.kind === "list") return node.items;
    problems.addMismatch(node, label, "a list");
    return null;
  },
};

/** A string of a pattern. @param rule the pattern in words, for messages */
export function matching(pattern: RegExp, rule: string): DescribedType<string> {
  const schema = { type: "string", pattern: pattern.source };
  return scalar<string>(rule, schema, (value) => typeof value === "string" && pattern.test(value));
}

interface NumberRange {
  readonly type: "integer" | "number";
  readonly min: number;
  readonly max: number;
}

export function numberIn({ type, min, max }: NumberRange): DescribedType<number> {
  const expected = `${type === "integer" ? "an integer" : "a number"} from ${min} to ${max}`;
  const isOfType = (value: Scalar): boolean => (type === "integer" ? Number.isInteger(value) : true);
  const schema = { type, minimum: min, maximum: max };
  return scalar<number>(
    expected,
    schema,
    (value) => typeof value === "number" && value >= min && value <= max && isOfType(value),
  );
}

/** One of these strings. @param describe the message for another one */
export function oneOf<T extends string>(values: readonly T[], describe: (value: string) => string): DescribedType<T> {
  return {
    schema: { enum: values },
    read: (node, label, problems) => {
      const given = text.read(node, label, problems);
      const value = values.find((candidate) => candidate === given);
      if (value === undefined && given !== null) problems.add(node, describe(given));
      return value ?? null;
    },
  };
}

function scalar<T extends Scalar>(
  expected: string,
  schema: JsonSchema,
  accepts: (value: Scalar) => boolean,
): DescribedType<T> {
  return {
    schema,
    read: (node, label, problems) => {
      if (node.kind === "scalar" && accepts(node.value)) return node.value as T;
      problems.addMismatch(node, label, expected);
      return null;
    },
  };
}
