import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { matchesGlob } from "../../core/text.ts";
import { repeatCommand, shellCommand } from "../../reports/repeat-command.ts";
import type { RunFile } from "../../results/record.ts";
import { sampleRun } from "../helpers/sample-run.ts";

const FIGURE = { suite: "quick", scenario: "tcp-1", metric: "throughput" };
const CELL = { ...FIGURE, plugin: "ptp", path: "cross-node" };
const { run } = sampleRun();

it.each([
  [["cnibench", "run"], "cnibench run"],
  [["cnibench", "run", "--blocks", "9"], "cnibench run --blocks 9"],
  [["cnibench", "run", "--out", "dir", "--seed=1", "--yes", "--only", "*", "--report", "json"], "cnibench run --yes"],
  [
    ["cnibench", "run", "--confirm", "base", "--base-bin-dir=bin", "--fail-on", "regression", "--known", "k.yaml"],
    "cnibench run",
  ],
  [["cnibench", "run", "--threshold", "5%", "--out=dir", "--yes", "--cluster", "auto"], "cnibench run --yes"],
  [["cnibench", "run", "--bin-dir", "a b"], "cnibench run --bin-dir 'a b'"],
])("repeats %j on the same cluster with the seed of the run", (command, expected) => {
  expect(repeatCommand({ ...run, command, seed: 42 }, FIGURE)).toBe(
    `${expected} --cluster netns --only 'quick/tcp-1/*/netns/*/throughput' --seed 42`,
  );
});

it("names the plugins by absolute paths", () => {
  const command = ["cnibench", "run", "--plugins", "ptp@old,ptp"];
  const definition = { ...run.definition, plugins: ["ptp@/src/old", "ptp"] };
  expect(repeatCommand({ ...run, command, definition }, CELL)).toContain(
    "cnibench run --plugins ptp@/src/old,ptp --cl",
  );
});

describe("the command of a cell", () => {
  const onlyOf = (command: string): string => /--only (\S+)/.exec(command)?.[1] ?? "";

  it("selects this cell only", () => {
    const { cells } = run.plan;
    for (const cell of cells) {
      const only = onlyOf(repeatCommand(run, cell));
      expect(cells.filter(({ id }) => matchesGlob(id, only)).map(({ id }) => id)).toEqual([cell.id]);
    }
  });

  const adaptive: RunFile["plan"] = { ...run.plan, stoppingRules: { quick: { min: 6, max: 10, until: 0.05 } } };
  const decision = { suite: "quick", block: 7, question: null, halfWidth: null };

  it.each([
    ["of the decision", [{ ...decision, stop: true }], "--blocks 7 --seed"],
    ["of the plan without a decision", [], "--blocks 10 --seed"],
    ["of the plan until a rule ends the suite", [{ ...decision, stop: false }], "--blocks 10 --seed"],
    ["of the plan if another suite ended", [{ ...decision, suite: "other", stop: true }], "--blocks 10 --seed"],
  ])("has the blocks %s in an adaptive run", (_, stopping, expected) => {
    const command = ["cnibench", "run", "--blocks", "6..10"];
    const text = repeatCommand({ ...run, command, plan: adaptive, stopping }, CELL);
    expect(text).toContain(expected);
    expect(text).not.toContain("6..10");
  });
});

describe("a command for a shell", () => {
  const words = ["~/a b", "~", "x@~/old,y@~/new", "--bin-dir=~/c", "it's", "a~/b", "$HOME", "", "*"];

  it("reaches a program as it was stored, with the home directory", () => {
    const script = `set -- ${shellCommand(words)}; printf '%s\\n' "$@"`;
    const output = execFileSync("/bin/sh", ["-c", script], { env: { HOME: "/home/u" }, encoding: "utf8" });
    const expected = [
      "/home/u/a b",
      "/home/u",
      "x@/home/u/old,y@/home/u/new",
      "--bin-dir=/home/u/c",
      ...words.slice(4),
    ];
    expect(output.split("\n").slice(0, -1)).toEqual(expected);
  });
});
