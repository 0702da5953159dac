/** Compares the docs with the code: links, keys, parameters, warnings and the example suite. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../core/paths.ts";
import { runners } from "../../runners/index.ts";
import type { Runner } from "../../runners/runner.ts";
import { loadSuite } from "../../suites/load.ts";
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

/** Returns the rows of the table below a heading whose first cell is code, as cells without backticks. */
function table(page: string, heading: string): string[][] {
  const section = read(page).split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const lines = section.split("\n").filter((line) => line.startsWith("| `"));
  return lines.map((line) =>
    line
      .replaceAll("`", "")
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
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

test.each(["run", "result", "summary"])("data-format.md documents every key of the schema %s", (name) => {
  const text = read("docs/data-format.md");
  const names = new Set(propertyNames(JSON.parse(read(`results/schema/${name}.json`))));
  expect(names.size).toBeGreaterThan(5);
  expect([...names].filter((key) => !new RegExp(`[\`.]${key}(\\[\\])?\``).test(text))).toEqual([]);
});

test("data-format.md lists exactly the warning codes in the source", () => {
  const documented = table("docs/data-format.md", "Warning codes").flatMap(([codes = ""]) => codes.split(", "));
  const files = ["results", "runners", "engine", "conformance"].flatMap((dir) => filesOf(dir, ".ts"));
  const inSource = files.flatMap((file) => [...read(file).matchAll(/code: "([a-z-]+)"/g)].map((match) => match[1]));
  expect(documented.toSorted()).toEqual([...new Set(inSource)].toSorted());
});

test("suites.md lists exactly the parameters of the runners, with range and default", () => {
  const rows = table("docs/suites.md", "Parameters of the runners");
  const documented = rows.map(([runner, name, value = "", given]) => [
    runner,
    name,
    given,
    ...(/\d+ to \d+$/.exec(value) ?? []),
  ]);
  const declared = Object.values(runners as Readonly<Record<string, Runner>>).flatMap((runner) =>
    Object.entries(runner.params).map(([name, spec]) => {
      const range = spec.type === "choice" ? [] : [`${spec.min} to ${spec.max}`];
      return [runner.name, name, String(spec.default), ...range];
    }),
  );
  expect(documented).toEqual(declared);
});

test("the example of suites.md is a valid suite", () => {
  const example = /```yaml\n([^]*?)```/.exec(read("docs/suites.md"))?.[1] ?? "";
  expect(loadSuite(example, "example.yaml", RUNNERS)).toHaveProperty("suite.name", "my-suite");
});
