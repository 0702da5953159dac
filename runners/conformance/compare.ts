/** Equality of JSON values, whatever the order of keys. */
import { isDeepStrictEqual } from "node:util";
import { isList, isObject, type JsonValue } from "../../cni/json.ts";

export function deepEqual(a: JsonValue, b: JsonValue): boolean {
  return isDeepStrictEqual(a, b);
}

/** Keys that hold nothing are as good as absent: programs in Go print them, others do not. */
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
