import { expect, test } from "vitest";
import { cpuValues, loadBegin } from "../../runners/load.ts";

/** A client that lived for 14 seconds around a load of 10. */
const CLIENT = { started: 100, ended: 114 };

test("the load is at the end of its client, less the exchange of results", () => {
  expect(loadBegin("last", CLIENT, 10)).toBeCloseTo(103.995);
});

test("of a client that stays after its load, it is at the start", () => {
  expect(loadBegin("first", CLIENT, 10)).toBeCloseTo(100.005);
});

test("the CPU of a load, per Gbit/s where it has a throughput", () => {
  const cpu = { user: 0.25, system: 0.5, softirq: 0.25, steal: 0.1, busy: 1 };
  const common = { cpu: 1, "cpu-user": 0.25, "cpu-system": 0.5, "cpu-softirq": 0.25 };
  expect(cpuValues(cpu, 4e9)).toEqual({ ...common, "cpu-per-gbit": 0.25 });
  expect(cpuValues(cpu, null)).toEqual(common);
  expect(cpuValues(cpu, 0)).toEqual(common);
  expect(cpuValues(null, 4e9)).toEqual({});
});
