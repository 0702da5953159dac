import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nextStep, readState } from "../../../bench/campaign/next-step.ts";
import { UsageError } from "../../../core/errors.ts";
import { storeMeasuredRun } from "../../helpers/stored-run.ts";
import { sampleRun } from "../../helpers/sample-run.ts";

describe("nextStep", () => {
  const { run } = sampleRun();
  const { plan } = run;
  const step = (outcome: typeof run.outcome, changed: Partial<typeof plan> = {}): string =>
    nextStep("dir", { plan: { ...plan, ...changed }, outcome }, plan);

  it("keeps complete runs and resumes all others", () => {
    expect(step("complete")).toBe("keep");
    expect(step("interrupted")).toBe("resume");
    expect(step("failed")).toBe("resume");
    expect(step(null)).toBe("resume");
  });

  it("starts runs without a directory, and those without run.json again", () => {
    expect(nextStep("dir", "missing", plan)).toBe("start");
    expect(nextStep("dir", "no run", plan)).toBe("repeat");
  });

  it("accepts another order of plugins, and refuses other blocks, headlines and cells", () => {
    expect(step("complete", { order: [] })).toBe("keep");
    expect(() => step("complete", { blocks: plan.blocks + 1 })).toThrow(UsageError);
    expect(() => step(null, { headlines: ["quick/pods/same-node/del-time"] })).toThrow(UsageError);
    expect(() => step("complete", { cells: plan.cells.slice(1) })).toThrow(UsageError);
  });
});

describe("readState", () => {
  let dir = "";
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), "campaign-"))));
  afterEach(() => rmSync(dir, { recursive: true }));

  it("distinguishes missing directories, directories without run.json, and runs", async () => {
    expect(await readState(join(dir, "none"))).toBe("missing");
    mkdirSync(join(dir, "torn", "raw"), { recursive: true });
    expect(await readState(join(dir, "torn"))).toBe("no run");
    await storeMeasuredRun(join(dir, "run"));
    expect(await readState(join(dir, "run"))).toMatchObject({ outcome: "complete" });
  });

  it("refuses a damaged run.json", async () => {
    writeFileSync(join(dir, "run.json"), "{");
    await expect(readState(dir)).rejects.toThrow(UsageError);
  });
});
