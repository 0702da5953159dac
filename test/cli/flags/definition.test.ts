import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { toDefinition, toFlags, requireSamePlan, type DefinitionFlags } from "../../../cli/flags/definition.ts";
import type { Inputs } from "../../../cli/flags/inputs.ts";
import { runnerFacts } from "../../../cli/flags/suites.ts";
import { shippedSuites } from "../../../suites/index.ts";
import { loadSuite } from "../../../suites/load.ts";
import type { Suite } from "../../../suites/suite.ts";
import { sampleRun } from "../../helpers/sample-run.ts";

const { run } = sampleRun({ blocks: 2 });
const suiteOf = (text: string, file: string): Suite => {
  const loaded = loadSuite(text, file, runnerFacts());
  if ("problems" in loaded) throw new Error(loaded.problems.join("\n"));
  return loaded.suite;
};

/** Returns inputs with only the stored parts. */
function inputs(suites: readonly Suite[], binDirs: readonly string[] = []): Inputs {
  return {
    suites,
    binDirs,
    spec: { nodes: 3, underlayMtu: 9000, underlayDelay: 0.005, underlayLoss: 0.01 },
  } as unknown as Inputs;
}

describe("the stored form of flags", () => {
  it.each(shippedSuites())("the stored suite $name loads as the same suite", ({ file, text }) => {
    const suite = suiteOf(text, file);
    const { suites } = toDefinition(inputs([suite]), { cluster: "auto", nodes: 2, underlayMtu: 1500 });
    expect(suiteOf(JSON.stringify(suites[0]), "run.json")).toEqual(suite);
  });

  it("restores the same flags, with absolute paths; stored paths do not contain the home directory", () => {
    const flags: DefinitionFlags = {
      plugins: ["bridge", "ptp@new"],
      cluster: "netns",
      nodes: 3,
      underlayMtu: 9000,
      underlayDelay: 0.005,
      underlayLoss: 0.01,
      conf: [join(homedir(), "mine.conflist")],
      only: ["*/tcp/*"],
      seed: 7,
    };
    const definition = toDefinition(inputs([], [join(homedir(), "bin")]), flags);
    expect(definition.conf).toEqual(["~/mine.conflist"]);
    expect(definition.binDirs).toEqual(["~/bin"]);
    const again = toFlags({ ...run, seed: 7, plan: { ...run.plan, nodes: 3 }, definition });
    expect(again).toEqual({
      ...flags,
      plugins: ["bridge", `ptp@${resolve("new")}`],
      binDir: [join(homedir(), "bin")],
      redact: false,
    });
  });
});

describe("requireSamePlan", () => {
  it("accepts the same plan, whatever the reason for its cluster", () => {
    requireSamePlan(run, { ...run, plan: { ...run.plan, clusterReason: "requested" } });
  });

  it("accepts another wording of the reason for a skip, but not a measured cell in its place", () => {
    const withSkip = (skip?: string) => ({
      ...run,
      plan: { ...run.plan, cells: run.plan.cells.map((cell) => ({ ...cell, ...(skip && { skip }) })) },
    });
    requireSamePlan(withSkip("needs IPv6"), withSkip("requires IPv6"));
    expect(() => requireSamePlan(withSkip("needs IPv6"), run)).toThrow("--resume: cells differs");
  });

  it.each([
    ["seed", { ...run, seed: 1 }],
    ["blocks", { ...run, plan: { ...run.plan, blocks: 3 } }],
    ["cells", { ...run, plan: { ...run.plan, cells: run.plan.cells.slice(1) } }],
    ["underlay", { ...run, definition: { ...run.definition, underlay: { mtu: 9000, rate: null, delay: null } } }],
    ["redact", { ...run, definition: { ...run.definition, redacted: true } }],
  ])("names the difference: %s", (name, planned) => {
    expect(() => requireSamePlan(run, planned)).toThrow(`--resume: ${name} differs from the stored run`);
  });
});
