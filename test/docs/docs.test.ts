/** Compares the docs with the code: links, keys, warnings and the example suite. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../core/paths.ts";
import { WARNINGS } from "../../core/warning-codes.ts";
import { reports } from "../../reports/index.ts";
import { loadSuite } from "../../suites/load-suite.ts";
import { RUNNERS } from "../suites/runners.ts";

const root = packageRoot();
const pages = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", ...filesOf("docs", ".md")];

function filesOf(dir: string, extension: string): string[] {
  const names = readdirSync(join(root, dir), { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(extension)).map((name) => join(dir, name));
}

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

test.each(pages)("the links in %s are valid", (page) => {
  const targets = [...read(page).matchAll(/\]\(([^)#]+)[^)]*\)/g)].map((match) => match[1] ?? "");
  const broken = targets.filter((target) => !/^https?:/.test(target) && !existsSync(join(root, dirname(page), target)));
  expect(broken).toEqual([]);
});

/** Returns the names of all properties in a JSON Schema, at any depth. */
function propertyNames(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) => [
    ...(key === "properties" ? Object.keys(value as object) : []),
    ...propertyNames(value),
  ]);
}

test.each(["run", "result", "summary", "gate", "comparison"])(
  "data-format.md documents every key of the schema %s",
  (name) => {
    const text = read("docs/data-format.md");
    const names = new Set(propertyNames(JSON.parse(read(`results/schema/${name}.json`))));
    expect(names.size).toBeGreaterThan(5);
    expect([...names].filter((key) => !new RegExp(`[\`.]${key}(\\[\\])?\``).test(text))).toEqual([]);
  },
);

test("every warning code is used", () => {
  const files = ["cni", "results", "runners", "engine", "conformance"].flatMap((dir) => filesOf(dir, ".ts"));
  const source = files.map(read).join("");
  expect(Object.keys(WARNINGS).filter((code) => !source.includes(`"${code}"`))).toEqual([]);
});

test.each(["README.md", "docs/cli.md"])("%s names every report format", (page) => {
  const text = read(page);
  expect(Object.keys(reports).filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});

test("the example of suites.md is a valid suite", () => {
  const example = /```yaml\n([^]*?)```/.exec(read("docs/suites.md"))?.[1] ?? "";
  expect(loadSuite(example, "example.yaml", RUNNERS)).toHaveProperty("suite.name", "my-suite");
});
