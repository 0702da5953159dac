/** The layout of --help: option groups in one order, every option described, 80 columns. */
import type { Command, Option } from "commander";
import { expect, test } from "vitest";
import { clusterGroup, GROUPS } from "../../../cli/flags/cluster-options.ts";
import { GROUP } from "../../../cli/flags/shared-options.ts";
import { createHost } from "../../../core/local.ts";
import { buildProgram } from "../../../cli/program.ts";
import { clusters } from "../../../clusters/index.ts";

const program = buildProgram(createHost(), () => undefined);
const commands = program.commands.map((command) => [command.name(), command] as const);

/** Headings of a help text, and the flags under each in the order they are printed. */
function sections(help: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of help.split("\n")) {
    if (/^\S.*:$/.test(line)) found.set(line, (current = []));
    const [, flag] = /^ {2}(?:-\w, )?(--[a-z-]+)/.exec(line) ?? [];
    if (flag !== undefined) current.push(flag);
  }
  return found;
}

function descriptionOf(command: Command, option: Option): string {
  return command.createHelp().optionDescription(option);
}

test.each(commands)("%s: option groups in the order of GROUPS, global options last", (_, command) => {
  const groups = [...sections(command.helpInformation()).keys()].filter((heading) => heading !== "Arguments:");
  expect(groups).toEqual(GROUPS.filter((heading) => groups.includes(heading)));
  expect(groups.at(-1)).toBe(GROUP.global);
});

test("run: the common options first, the options of each cluster kind together", () => {
  const help = sections(program.commands.find((command) => command.name() === "run")?.helpInformation() ?? "");
  expect(help.get(GROUP.common)).toEqual(["--plugins", "--suite", "--cluster", "--blocks", "--duration", "--out"]);
  expect(help.get(clusterGroup("vm"))).toEqual([
    ...["--vm-memory", "--vm-cpus", "--vm-nics", "--vm-underlay"],
    ...["--vm-image", "--vm-kernel", "--vm-initrd"],
  ]);
  expect(help.get(clusterGroup("kind"))).toContain("--registry-mirror");
  expect(help.get(clusterGroup("kubeconfig"))).toEqual([
    "--context",
    "--node-selector",
    "--image-pull-secret",
    "--install",
  ]);
  expect(help.get(GROUP.output)).toEqual(["--report", "--lang", "--redact", "--no-progress", "--verbose"]);
});

test.each(commands)("%s: every option has a short description", (_, command) => {
  for (const option of command.options) {
    const description = descriptionOf(command, option);
    expect(description, option.flags).toMatch(/^[a-zA-Z]/);
    expect(description.length, description).toBeLessThanOrEqual(160);
    // Defaults are in parentheses at the end, as a user would type them.
    expect(description, option.flags).not.toMatch(/\(default: [["]|\) \(default/);
  }
});

test("--cluster names every cluster kind", () => {
  const run = program.commands.find((command) => command.name() === "run");
  const option = run?.options.find(({ long }) => long === "--cluster");
  for (const kind of ["auto", ...Object.keys(clusters)]) expect(option?.description).toContain(kind);
});

test.each([["cnibench", program] as const, ...commands])("%s: help fits 80 columns", (_, command) => {
  let help = "";
  command.configureOutput({ writeOut: (text) => void (help += text), getOutHelpWidth: () => 80 });
  command.outputHelp();
  expect(help.split("\n").filter((line) => line.length > 80)).toEqual([]);
});

test("cnibench --help: commands by task, and examples", () => {
  let help = "";
  program.configureOutput({ writeOut: (text) => void (help += text) }).outputHelp();
  const names = [...help.matchAll(/^ {2}([a-z]+)(?: |$)/gm)].map(([, name]) => name);
  expect(names.slice(0, 11)).toEqual([
    ...["run", "plan", "report", "compare", "verify", "conformance", "lab", "list", "doctor", "setup", "clean"],
  ]);
  const examples = [...help.matchAll(/^ {2}cnibench ([a-z]+)/gm)].map(([, name]) => name);
  expect(examples.length).toBeGreaterThanOrEqual(3);
  for (const name of examples) expect(program.commands.map((command) => command.name())).toContain(name);
});
