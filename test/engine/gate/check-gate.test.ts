import { chmodSync, cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { EnvironmentError, UsageError } from "../../../core/errors.ts";
import { checkGate, pluginsInDir, type GateOptions } from "../../../engine/gate/check-gate.ts";
import type { RunChoices } from "../../../engine/plan/definition.ts";
import { prepare } from "../../../engine/session.ts";
import { plugins } from "../../../plugins/index.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { fakeChoices, fakeKind } from "../fake-run.ts";
import { basePlugin, FakeBench } from "./fake-gate.ts";

let bench: FakeBench;
beforeEach(() => (bench = new FakeBench(() => 1e9)));

/** Measures a base. @returns its directory */
async function measureBase(changes: Partial<RunChoices> = {}): Promise<string> {
  const base = await bench.measure({ ...bench.choices, ...changes });
  base.unlock();
  return base.store.dir;
}

/** Checks a gate of the bench's plan, by default against a run of the same plan. */
async function checked(options: Partial<GateOptions>): Promise<unknown> {
  const baseDirs = options.baseDirs ?? [await measureBase()];
  const defaults = { threshold: 1.05, known: [], basePlugins: null };
  return checkGate(bench.host, { ...defaults, ...options, baseDirs }, await prepare(bench.host, bench.choices));
}

describe("checkGate", () => {
  it("accepts a base of the same plan", async () => {
    expect(await checked({ basePlugins: [basePlugin()] })).toMatchObject({ threshold: 1.05 });
  });

  it("refuses a base that is not a run", async () => {
    await expect(checked({ baseDirs: [temporaryDir()] })).rejects.toThrow(UsageError);
  });

  it("refuses copies of one base run", async () => {
    const base = await measureBase();
    const copy = join(temporaryDir(), "copy");
    cpSync(base, copy, { recursive: true });
    await expect(checked({ baseDirs: [base, copy] })).rejects.toThrow(/^run .* is given twice on one side/);
  });

  it("refuses a base with a plugin that the run does not measure", async () => {
    const other = { ...basePlugin().plugin, name: "other" };
    const base = await measureBase({ plugins: [...bench.choices.plugins, other] });
    const refused = checked({ baseDirs: [base] });
    await expect(refused).rejects.toThrow(EnvironmentError);
    await expect(refused).rejects.toThrow(/does not measure the plugin other of the base/);
  });

  it("refuses a binary of the base that cannot run on this machine", async () => {
    const base = basePlugin();
    const riscv = Buffer.concat([Buffer.from("7f454c46020101", "hex"), Buffer.alloc(57)]).fill(0xf3, 18, 19);
    writeFileSync(join(base.plugin.binDir ?? "", "mine"), riscv);
    await expect(checked({ basePlugins: [base] })).rejects.toThrow(UsageError);
    chmodSync(join(base.plugin.binDir ?? "", "mine"), 0o644);
    await expect(checked({ basePlugins: [base] })).rejects.toThrow(/not executable/);
  });

  it("refuses a base plugin that the run contains already", async () => {
    const base = basePlugin();
    const twice = { ...base, plugin: { ...base.plugin, name: "mine" } };
    await expect(checked({ basePlugins: [twice] })).rejects.toThrow(UsageError);
  });

  it("refuses a known change of a cell that is not planned", async () => {
    const entry = { reason: "x", expires: "2027-01-31", position: { file: "known.yaml", line: 2, column: 5 } };
    expect(await checked({ known: [{ ...entry, cell: "*/throughput" }] })).toMatchObject({ known: [{}] });
    const unmatched = checked({ known: [{ ...entry, cell: "*/add-time" }] });
    await expect(unmatched).rejects.toThrow(/known\.yaml:2:5: /);
  });

  it("reports all facts that prevent a comparison", async () => {
    const base = await measureBase({ spec: { nodes: 2, underlayMtu: 9000, underlayRate: 1e9 } });
    const error: unknown = await checked({ baseDirs: [base] }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EnvironmentError);
    expect(String(error)).toMatch(/underlayMtu is 9000 in the base and 1500[^]*underlayRate is 1000000000/);
  });

  it("refuses a base without a common cell", async () => {
    const suites = bench.choices.suites.map((suite) => ({ ...suite, name: "other" }));
    await expect(checked({ baseDirs: [await measureBase({ suites })] })).rejects.toThrow(/no cell in common/);
  });
});

describe("pluginsInDir", () => {
  const { kind } = fakeKind();
  const choices = fakeChoices(kind, { plugins: [plugins.bridge, plugins.ptp] });

  it("returns the plugins whose main binary is in the directory", () => {
    const dir = temporaryDir();
    writeFileSync(join(dir, "ptp"), "");
    expect(pluginsInDir(choices, dir)).toEqual([plugins.ptp]);
  });

  it("refuses a directory without any of them, and clusters whose binaries are not installed by cnibench", () => {
    expect(() => pluginsInDir(choices, temporaryDir())).toThrow(/bridge, ptp not found/);
    const kubernetes = { ...choices, kind: { ...kind, api: "kubernetes" } } as unknown as typeof choices;
    expect(() => pluginsInDir(kubernetes, temporaryDir())).toThrow(UsageError);
  });
});
