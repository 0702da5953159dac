/** Comparison of JSON values, independent of the order of keys. */
import { isDeepStrictEqual } from "node:util";
import { isList, isObject, type JsonValue } from "../../cni/index.ts";

export function deepEqual(a: JsonValue, b: JsonValue): boolean {
  return isDeepStrictEqual(a, b);
}

/** Removes keys with empty values: Go programs print them, others omit them. */
export function withoutEmpty(value: JsonValue): JsonValue {
  if (isList(value)) return value.map(withoutEmpty);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).map(([key, entry]): [string, JsonValue] => [key, withoutEmpty(entry)]);
  return Object.fromEntries(kept.filter(([, entry]) => !isEmpty(entry)));
}

function isEmpty(value: JsonValue): boolean {
  return (
    value === null ||
    value === "" ||
    (isList(value) && value.length === 0) ||
    (isObject(value) && Object.keys(value).length === 0)
  );
}
