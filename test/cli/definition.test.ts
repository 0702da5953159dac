import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { toDefinition, toFlags, requireSamePlan, type DefinitionFlags } from "../../cli/definition.ts";
import { runnerFacts, type Inputs } from "../../cli/inputs.ts";
import { shippedSuites } from "../../suites/index.ts";
import { loadSuite } from "../../suites/load.ts";
import type { Suite } from "../../suites/suite.ts";
import { sampleRun } from "../helpers/sample-run.ts";

const { run } = sampleRun({ blocks: 2 });
const suiteOf = (text: string, file: string): Suite => {
  const loaded = loadSuite(text, file, runnerFacts());
  if ("problems" in loaded) throw new Error(loaded.problems.join("\n"));
  return loaded.suite;
};

/** Of the inputs only what is stored. */
function inputs(suites: readonly Suite[], binDirs: readonly string[] = []): Inputs {
  return {
    suites,
    binDirs,
    spec: { nodes: 3, underlayMtu: 9000, underlayDelay: 0.005, underlayLoss: 0.01 },
  } as unknown as Inputs;
}

describe("what is stored of the flags", () => {
  it.each(shippedSuites())("suite $name is read again as it was", ({ file, text }) => {
    const suite = suiteOf(text, file);
    const { suites } = toDefinition(inputs([suite]), { cluster: "auto", nodes: 2, underlayMtu: 1500 });
    expect(suiteOf(JSON.stringify(suites[0]), "run.json")).toEqual(suite);
  });

  it("gives the same flags again, with absolute paths that do not name the user", () => {
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

describe("requireSame", () => {
  it("lets the same plan through, whatever the reason for its cluster", () => {
    requireSamePlan(run, { ...run, plan: { ...run.plan, clusterReason: "asked for" } });
  });

  it.each([
    ["seed", { ...run, seed: 1 }],
    ["blocks", { ...run, plan: { ...run.plan, blocks: 3 } }],
    ["cells", { ...run, plan: { ...run.plan, cells: run.plan.cells.slice(1) } }],
    ["underlay", { ...run, definition: { ...run.definition, underlay: { mtu: 9000, rate: null, delay: null } } }],
    ["redact", { ...run, definition: { ...run.definition, redacted: true } }],
  ])("names what is another: %s", (name, made) => {
    expect(() => requireSamePlan(run, made)).toThrow(`its ${name} would be another; leave out the options`);
  });
});
