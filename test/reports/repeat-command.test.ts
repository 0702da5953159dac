import { expect, it } from "vitest";
import { repeatCommand } from "../../reports/repeat-command.ts";
import { sampleRun } from "../helpers/sample-run.ts";

const FIGURE = { suite: "quick", scenario: "tcp-1", metric: "throughput" } as Parameters<typeof repeatCommand>[1];

it.each([
  [["cnibench", "run"], "cnibench run"],
  [["cnibench", "run", "--plugins", "bridge,ptp", "--blocks", "9"], "cnibench run --plugins bridge,ptp --blocks 9"],
  [["cnibench", "run", "--out", "dir", "--seed=1", "--yes", "--only", "*", "--report", "json"], "cnibench run --yes"],
  [
    ["cnibench", "run", "--confirm", "base", "--base-bin-dir=bin", "--fail-on", "regression", "--known", "k.yaml"],
    "cnibench run",
  ],
  [["cnibench", "run", "--threshold", "5%", "--out=dir", "--yes"], "cnibench run --yes"],
  [["cnibench", "run", "--bin-dir", "a b"], "cnibench run --bin-dir 'a b'"],
])("repeats %j with the seed of the run", (command, expected) => {
  const run = { ...sampleRun().run, command, seed: 42 };
  expect(repeatCommand(run, FIGURE)).toBe(`${expected} --only 'quick/tcp-1/*/*/*/throughput' --seed 42`);
});
