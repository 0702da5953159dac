/** Checks that the README's workflows for plugin authors are valid and use existing flags of cnibench. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createHost } from "../../core/local.ts";
import { buildProgram } from "../../cli/program.ts";
import { packageRoot } from "../../core/paths.ts";
import type { DataNode } from "../../core/validation/document.ts";
import { parseYaml } from "../../core/validation/yaml.ts";

const readme = readFileSync(join(packageRoot(), "README.md"), "utf8");
const [text = "", steps = ""] = [...readme.matchAll(/```yaml\n([^]*?)```/g)].map(([, block]) => block);

function at(node: DataNode | undefined, ...path: readonly string[]): DataNode | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return node;
  return at(node?.kind === "map" ? node.entries.find((entry) => entry.key === key)?.value : undefined, ...rest);
}

function words(node: DataNode | undefined): string {
  return node?.kind === "scalar" && typeof node.value === "string" ? node.value : "";
}

const parsed = parseYaml(text, "workflow.yaml");
const root = "root" in parsed ? parsed.root : undefined;

test("it has all required keys, and every step has one action or command", () => {
  expect(parsed).not.toHaveProperty("problems");
  expect(at(root, "on")).toBeDefined();
  expect(words(at(root, "jobs", "conformance", "runs-on"))).toMatch(/^ubuntu-/);
  const steps = at(root, "jobs", "conformance", "steps");
  const items = steps?.kind === "list" ? steps.items : [];
  expect(items.length).toBeGreaterThan(3);
  for (const step of items)
    expect([words(at(step, "uses")), words(at(step, "run"))].filter((word) => word !== "")).toHaveLength(1);
});

test("it calls the conformance command with existing flags", () => {
  const line = text.split("\n").find((candidate) => candidate.includes("npx --yes cnibench conformance")) ?? "";
  expectFlagsOf("conformance", line);
});

test("the steps that compare a pull request with its base use existing flags of run", () => {
  const parsedSteps = parseYaml(`steps:\n${steps}`, "steps.yaml");
  expect(parsedSteps).not.toHaveProperty("problems");
  const list = at("root" in parsedSteps ? parsedSteps.root : undefined, "steps");
  const commands = (list?.kind === "list" ? list.items : []).map((step) => words(at(step, "run")));
  const [, base = "", head = ""] = commands;
  for (const command of [base, head]) expectFlagsOf("run", command);
  expect(head).toContain("--confirm base");
});

/** @param line a command, after `npx --yes` */
function expectFlagsOf(name: string, line: string): void {
  const [, ...used] = [...line.matchAll(/--[a-z-]+/g)].map(([flag]) => flag);
  const flags = buildProgram(createHost(), () => undefined)
    .commands.find((command) => command.name() === name)
    ?.options.map(({ long }) => long);
  expect(used.length).toBeGreaterThan(3);
  expect(flags).toEqual(expect.arrayContaining(used));
}
