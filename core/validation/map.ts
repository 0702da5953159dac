/** Maps with known keys: the keys are declared once, for reading, for messages and for the JSON Schema. */
import { childOf, type DataNode } from "./document.ts";
import type { Problems } from "./problems.ts";
import type { DescribedType, JsonSchema, Type } from "./value-types.ts";

/** A key of a map. */
export interface Field<T> {
  readonly type: Type<T>;
  /** Names the value in messages. Default: the key in quotes. */
  readonly label?: string;
  /** The value if the key is missing. */
  readonly default?: T;
  /** The problem if the key is missing. Only required keys have one. */
  readonly missing?: string;
  /** For editors. */
  readonly description?: string;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;
export type DescribedFields = Readonly<Record<string, DescribedField>>;
type DescribedField = Field<unknown> & { readonly type: DescribedType<unknown> };

/** The value of a field: undefined only if the field has no default. */
type ValueOf<F> = F extends { readonly type: Type<infer T>; readonly default: unknown }
  ? T
  : F extends { readonly type: Type<infer T> }
    ? T | undefined
    : never;

/** Reads the fields of one map. Any other node is like a map without keys. */
export class MapReader<F extends Fields> {
  readonly node: DataNode;
  readonly #fields: F;
  readonly #problems: Problems;

  /** Adds keys that are not declared. @param label names the map in messages */
  constructor(node: DataNode, label: string, fields: F, problems: Problems) {
    this.node = node;
    this.#fields = fields;
    this.#problems = problems;
    const keys = Object.keys(fields);
    if (node.kind !== "map") {
      problems.add(node, problems.wording.notMap(node, label, keys));
      return;
    }
    for (const entry of node.entries) {
      const problem = keys.includes(entry.key) ? null : problems.wording.unknownKey(entry, label, keys);
      if (problem !== null) problems.add(problem.position, problem.message);
    }
  }

  /**
   * Returns the value of a key, or the default if it is missing or invalid, which adds a problem. Missing keys of
   * a node that is not a map add none, because the node is one already.
   */
  value<K extends keyof F & string>(key: K): ValueOf<F[K]> {
    const field: Field<unknown> | undefined = this.#fields[key];
    const node = childOf(this.node, key);
    if (node === null && this.node.kind === "map" && field?.missing !== undefined)
      this.#problems.add(this.node, field.missing);
    const read = node === null ? null : field?.type.read(node, field.label ?? `"${key}"`, this.#problems);
    return (read ?? field?.default) as ValueOf<F[K]>;
  }

  /** Returns the node of a key, or null if it is missing. */
  at(key: keyof F & string): DataNode | null {
    return childOf(this.node, key);
  }
}

/** A map with these fields. */
export function mapOf<F extends DescribedFields>(fields: F): DescribedType<{ readonly [K in keyof F]: ValueOf<F[K]> }> {
  return {
    schema: mapSchema(fields),
    read: (node, label, problems) => {
      const map = new MapReader(node, label, fields, problems);
      if (node.kind !== "map") return null;
      const values = Object.keys(fields).map((key) => [key, map.value(key)]);
      return Object.fromEntries(values) as { readonly [K in keyof F]: ValueOf<F[K]> };
    },
  };
}

/** Returns the JSON Schema of a map with these fields. */
export function mapSchema(fields: DescribedFields): JsonSchema {
  const required = Object.keys(fields).filter((key) => fields[key]?.missing !== undefined);
  return {
    type: "object",
    ...(required.length > 0 && { required }),
    additionalProperties: false,
    properties: Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, fieldSchema(field)])),
  };
}

function fieldSchema({ type, default: defaultValue, description }: DescribedField): JsonSchema {
  return {
    ...type.schema,
    ...(defaultValue !== undefined && { default: defaultValue }),
    ...(description !== undefined && { description }),
  };
}
