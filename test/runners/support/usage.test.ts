import { expect, test } from "vitest";
import { CPU_METRICS, usageGaps, usageValues } from "../../../runners/support/usage.ts";

const cpu = { user: 0.25, system: 0.5, softirq: 0.25, steal: 0.1, busy: 1, seconds: 0.8 };
const CPU_VALUES = { cpu: 1, "cpu-user": 0.25, "cpu-system": 0.5, "cpu-softirq": 0.25 };
const daemons = { cpu: 0.02, memory: 5e7 };

test("the CPU usage of a load, per Gbit/s if it has a throughput", () => {
  expect(usageValues({ cpu, daemons: null }, 4e9)).toEqual({ ...CPU_VALUES, "cpu-per-gbit": 0.25 });
  expect(usageValues({ cpu, daemons: null }, null)).toEqual(CPU_VALUES);
  expect(usageValues({ cpu, daemons: null }, 0)).toEqual(CPU_VALUES);
  expect(usageValues({ cpu: null, daemons: null }, 4e9)).toEqual({});
});

test("the usage of daemons, with and without the CPU usage", () => {
  expect(usageValues({ cpu, daemons }, 4e9)).toEqual({
    ...CPU_VALUES,
    "cpu-per-gbit": 0.25,
    "cpu-daemons": 0.02,
    "cpu-daemons-per-gbit": 0.005,
    memory: 5e7,
  });
  expect(usageValues({ cpu: null, daemons }, null)).toEqual({ "cpu-daemons": 0.02, memory: 5e7 });
});

test("CPU time below one tick is a gap with a reason, never 0", () => {
  const little = { ...cpu, user: 0, system: 0.01, softirq: 0.002, busy: 0.012 };
  expect(usageValues({ cpu: little, daemons: null }, 1e9)).toEqual({});
  const gaps = usageGaps({ cpu: little, daemons: null });
  expect(Object.keys(gaps)).toEqual([...CPU_METRICS, "cpu-per-gbit"]);
  expect(gaps.cpu).toContain("0.01 s in 0.8 s");
  expect(usageGaps({ cpu, daemons: null })).toEqual({});
  expect(usageGaps({ cpu: null, daemons: null })).toEqual({});
});
