import { expect, it } from "vitest";
import { keyOfMachine, machineKey } from "../../../results/run-comparison/machine-key.ts";
import { comparedRun, type RunOptions } from "../../helpers/compared-run.ts";

const keyOf = (environment: RunOptions["environment"]) => machineKey(comparedRun({ id: "a", environment }).run);

it("is that of the machine's own facts", () => {
  const { environment, versions } = comparedRun({ id: "a" }).run;
  const { kernel, cpuModel, cpus, arch } = environment ?? {};
  if (kernel == null || cpuModel == null || cpus === undefined || arch === undefined) throw new Error("unknown facts");
  expect(keyOf(() => ({}))).toBe(keyOfMachine({ kernel, cpuModel, cpus, arch, cnibench: versions.cnibench }));
  expect(keyOf(() => ({ cpus: 64 }))).not.toBe(keyOf(() => ({})));
});

it("is unknown if a fact is", () => {
  expect(keyOf(() => ({ kernel: null }))).toBeNull();
  expect(keyOf(() => ({ cpuModel: null }))).toBeNull();
  expect(machineKey({ ...comparedRun({ id: "a" }).run, environment: null })).toBeNull();
});
