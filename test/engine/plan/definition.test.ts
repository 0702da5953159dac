import { describe, expect, it } from "vitest";
import { requireSamePlan } from "../../../engine/plan/definition.ts";
import { sampleRun } from "../../helpers/sample-run.ts";

const { run } = sampleRun({ blocks: 2 });

describe("requireSamePlan", () => {
  it("accepts the same plan, whatever the reason for its cluster", () => {
    requireSamePlan(run, { ...run, plan: { ...run.plan, clusterReason: "requested" } });
  });

  it("accepts other default bands, because those stored with the run apply", () => {
    requireSamePlan(run, { ...run, plan: { ...run.plan, defaultBands: { ratio: 1.1, differences: {} } } });
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
    ["headlines", { ...run, plan: { ...run.plan, headlines: ["quick/tcp-1/cross-node/throughput"] } }],
    ["exploratory", { ...run, definition: { ...run.definition, exploratory: true as const } }],
    ["keepAwake", { ...run, definition: { ...run.definition, keepAwake: false as const } }],
    ["redact", { ...run, definition: { ...run.definition, redacted: true } }],
  ])("names the difference: %s", (name, planned) => {
    expect(() => requireSamePlan(run, planned)).toThrow(`--resume: ${name} differs from the stored run`);
  });
});
