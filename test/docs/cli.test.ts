/** Compares docs/cli.md with --help: the same commands, and the same options in the same groups. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { GROUPS } from "../../cli/flags/cluster-options.ts";
import { GROUP } from "../../cli/flags/shared-options.ts";
import { createHost } from "../../core/local.ts";
import { buildProgram } from "../../cli/program.ts";
import { packageRoot } from "../../core/paths.ts";

const page = readFileSync(join(packageRoot(), "docs/cli.md"), "utf8");
const commands = buildProgram(createHost(), () => undefined).commands;

/** Returns the text under a heading, up to the next one. */
function section(heading: string): string {
  const [, rest = ""] = page.split(`\n${heading}\n`);
  return rest.split(/\n##+ /)[0] ?? "";
}

test("commands", () => {
  const documented = [...section("## Commands").matchAll(/^\| `([a-z]+)[^`]*` \|/gm)].map(([, name]) => name);
  expect(documented.sort()).toEqual(commands.map((command) => command.name()).sort());
});

describe.each(GROUPS.filter((group) => group !== GROUP.global))("%s", (group) => {
  const rows = [
    ...section(`### ${group.replace(":", "")}`).matchAll(/^\| (?:`(--[a-z-]+)[^|]*)?\| ([^|]+) \| ([^|]+)/gm),
  ];

  test("the documented options and commands are those of --help", () => {
    let option = "";
    const documented = rows.flatMap(([, flag, names = ""]) => {
      option = flag ?? option;
      return commandsOf(names).map((name) => `${name} ${option}`);
    });
    const actual = commands.flatMap((command) =>
      command.options
        .filter(({ helpGroupHeading }) => helpGroupHeading === group)
        .map(({ long }) => `${command.name()} ${long}`),
    );
    expect(documented.sort()).toEqual(actual.sort());
  });
});

/** `run, plan`, or `all but report and list`. */
function commandsOf(names: string): string[] {
  const listed = names
    .replace("all but", "")
    .split(/, | and /)
    .map((name) => name.trim());
  return names.startsWith("all but")
    ? commands.map((command) => command.name()).filter((name) => !listed.includes(name))
    : listed;
}

test("options in the text exist", () => {
  const known = new Set(commands.flatMap(({ options }) => options.map(({ long }) => long)));
  const named = [...page.matchAll(/`(--[a-z-]+)/g)].map(([, flag]) => flag ?? "");
  expect(named.filter((flag) => !known.has(flag) && flag !== "--help")).toEqual([]);
});
