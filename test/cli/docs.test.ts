/** docs/cli.md has every command and flag that the program has, and no other. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildProgram } from "../../cli/program.ts";
import { packageRoot } from "../../core/paths.ts";

const page = readFileSync(join(packageRoot(), "docs/cli.md"), "utf8");
const commands = buildProgram(() => undefined).commands;

test("commands", () => {
  const documented = [...page.matchAll(/^\| `([a-z]+)[^`]*` \|/gm)].map(([, name]) => name);
  expect(documented.sort()).toEqual(commands.map((command) => command.name()).sort());
});

test("flags of run, plan, report and conformance", () => {
  const documented = new Set([...page.matchAll(/`(--[a-z-]+)/g)].map(([, flag]) => flag));
  const known = new Set(commands.flatMap(({ options }) => options.map(({ long }) => long ?? "")));
  const measuring = commands.filter((command) => ["run", "plan", "report", "conformance"].includes(command.name()));
  expect(
    measuring.flatMap(({ options }) => options.map(({ long }) => long ?? "")).filter((flag) => !documented.has(flag)),
  ).toEqual([]);
  expect([...documented].filter((flag) => !known.has(flag ?? "") && flag !== "--help")).toEqual([]);
});
