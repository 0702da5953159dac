/** Reads maps with declared keys, and describes them as a JSON Schema. */
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import type { DataNode } from "../../../core/validation/document.ts";
import { MapReader, mapOf, mapSchema, type DescribedFields } from "../../../core/validation/map.ts";
import { Problems, type Wording } from "../../../core/validation/problems.ts";
import { matching, numberIn, oneOf, text } from "../../../core/validation/value-types.ts";
import { parseYaml } from "../../../core/validation/yaml.ts";

const FIELDS = {
  name: { type: matching(/^[a-z]+$/, "lowercase letters"), label: "the name", missing: 'no name; add "name:"' },
  note: { type: text },
  count: { type: numberIn({ type: "integer", min: 1, max: 9 }), default: 3, description: "how many" },
  family: { type: oneOf(["ipv4", "ipv6"], (value) => `unknown family ${value}`), default: "ipv4" },
} as const satisfies DescribedFields;

function rootOf(yaml: string): DataNode {
  const parsed = parseYaml(yaml, "f.yaml");
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.root;
}

function read(yaml: string, wording?: Wording): { readonly values: unknown; readonly problems: readonly string[] } {
  const problems = new Problems(wording);
  const values = mapOf(FIELDS).read(rootOf(yaml), "the file", problems);
  return { values, problems: problems.inFileOrder() };
}

test("missing keys have their defaults, or are undefined", () => {
  expect(read("name: a")).toEqual({
    values: { name: "a", note: undefined, count: 3, family: "ipv4" },
    problems: [],
  });
});

test("invalid values are reported and replaced by the default", () => {
  expect(read('{name: A, note: 1, count: "2", family: ipv5, coun: 1}')).toEqual({
    values: { name: undefined, note: undefined, count: 3, family: "ipv4" },
    problems: [
      'f.yaml:1:8: the name must be lowercase letters, not "A"',
      'f.yaml:1:17: "note" must be a string, not "1"; quote it',
      'f.yaml:1:27: "count" must be an integer from 1 to 9, not "2"',
      "f.yaml:1:40: unknown family ipv5",
      'f.yaml:1:46: unknown key "coun" in the file (did you mean "count"?); known: name, note, count, family',
    ],
  });
});

test.each([
  ["count: 1", 'f.yaml:1:1: no name; add "name:"'],
  ["[a]", "f.yaml:1:1: the file must be a map with the keys name, note, count, family"],
  ["{name: a, count: 10}", 'f.yaml:1:18: "count" must be an integer from 1 to 9, not "10"'],
  ["{name: a, count: 1.5}", 'f.yaml:1:18: "count" must be an integer from 1 to 9, not "1.5"'],
  ["{name: a, note: }", 'f.yaml:1:17: "note" must be a string, not empty; quote it'],
  ["{name: a, family: [ipv4]}", 'f.yaml:1:19: "family" must be a string, not a list; quote it'],
])("%s is one problem", (yaml, problem) => {
  expect(read(yaml).problems).toEqual([problem]);
});

test("a kind of file can have its own wording, and allow unknown keys", () => {
  const wording: Wording = {
    mismatch: ({ kind }) => `, not this ${kind}`,
    notMap: (_node, label) => `${label}: not a map`,
    unknownKey: () => null,
  };
  expect(read("{name: a, other: 1, note: []}", wording).problems).toEqual([
    'f.yaml:1:27: "note" must be a string, not this list',
  ]);
  expect(read("7", wording).problems).toEqual(["f.yaml:1:1: the file: not a map"]);
});

test("a reader knows the nodes of its keys", () => {
  const reader = new MapReader(rootOf("{name: a}"), "the file", FIELDS, new Problems());
  expect(reader.at("name")).toMatchObject({ value: "a", column: 8 });
  expect(reader.at("note")).toBeNull();
});

test("the schema accepts and rejects the same maps", () => {
  const schema = mapSchema(FIELDS);
  expect(schema).toMatchObject({
    required: ["name"],
    additionalProperties: false,
    properties: { count: { type: "integer", minimum: 1, maximum: 9, default: 3, description: "how many" } },
  });
  const validate = new Ajv2020().compile(schema);
  const cases = [
    { name: "a" },
    { name: "A" },
    {},
    { name: "a", count: 0 },
    { name: "a", count: 9 },
    { name: "a", x: 1 },
  ];
  for (const value of [...cases, { name: "a", family: "ipv6" }, { name: "a", family: "dual" }, []])
    expect(validate(value), JSON.stringify(value)).toBe(read(JSON.stringify(value)).problems.length === 0);
});
