/** Runs every load: each cell is measured, and its value can be recomputed from the tool's output. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Repetition, RunFile } from "../../results/record.ts";
import { runners } from "../../runners/index.ts";
import type { Runner } from "../../runners/runner.ts";
import { cnibench, expectVerified, temporaryDir } from "../helpers/cnibench.ts";

const SUITE = join(import.meta.dirname, "loads.suite.yaml");

test("every cell of every load is measured, and all values match the raw files", async () => {
  const out = join(temporaryDir(), "out");
  const run = await cnibench(["run", "--yes", "--plugins", "bridge", "--suite", SUITE, "--out", out]);
  expect(run.stdout).not.toContain("cells failed");
  expect(run.exitCode).toBe(0);
  const { plan } = JSON.parse(readFileSync(join(out, "run.json"), "utf8")) as RunFile;
  const records = readFileSync(join(out, "results.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Repetition);
  expect(records.map(({ cell }) => cell).toSorted()).toEqual(plan.cells.map(({ id }) => id).toSorted());
  expect(records.filter(({ value }) => typeof value !== "number")).toEqual([]);
  await expectVerified(out);
  const used = new Set(plan.cells.map(({ runner }) => runner));
  const bare = Object.values(runners as Readonly<Record<string, Runner>>).filter((runner) =>
    runner.scope === "pair" ? runner.paths.includes("host") : runner.scope === "lifecycle",
  );
  expect([...used].toSorted()).toEqual(bare.map(({ name }) => name).toSorted());
});

test("a scenario that cannot be measured reports one sentence with the numbers, and the others continue", async () => {
  const dir = temporaryDir();
  const suite = join(dir, "suite.yaml");
  writeFileSync(
    suite,
    `name: bad
blocks: 1
duration: 1
scenarios:
  - {name: udp, runner: iperf3-udp, paths: [same-node], params: {length: 1473}}
  - {name: ping, runner: ping, paths: [same-node]}
`,
  );
  const run = await cnibench(["run", "--yes", "--plugins", "ptp", "--suite", suite, "--out", join(dir, "out")]);
  expect(run.exitCode).toBe(3);
  expect(run.stdout).toContain("messages of 1473 bytes exceed the path MTU of 1500; set length to at most 1472");
  expect(run.stdout).toMatch(/ping latency-p99 +same-node +ptp/);
});
