import { describe, expect, test } from "vitest";
import { localShell } from "../../../core/local.ts";
import {
  subtractIdle,
  cpuUsageOfLoad,
  parseCpuSamples,
  startCpuSampler,
  cpuUsageBetween,
  cpuUsageOfSamples,
  type CpuUsage,
} from "../../../runners/support/cpu.ts";
import { clockShift, withWindow } from "../../../runners/support/sampler.ts";

/** One core busy in user mode, half a core with interrupts; in ticks of 10 ms. */
const READINGS = [
  "100.000000 cpu  1000 0 500 9000 0 10 40 0 0 0",
  "101.000000 cpu  1100 0 500 9050 0 20 80 0 0 0",
  "102.000000 cpu  1200 0 500 9100 0 30 120 0 0 0",
].join("\n");

test("cores by mode over a window, with the sum of both kinds of interrupts", () => {
  const usage = cpuUsageBetween(parseCpuSamples(READINGS), 100.25, 101.75);
  expect(usage?.user).toBeCloseTo(1);
  expect(usage?.softirq).toBeCloseTo(0.5);
  expect(usage?.system).toBeCloseTo(0);
  expect(usage?.busy).toBeCloseTo(1.5);
});

test("a window that the samples do not cover has no usage", () => {
  const samples = parseCpuSamples(READINGS);
  expect(cpuUsageBetween(samples, 99.9, 101)).toBeNull();
  expect(cpuUsageBetween(samples, 101, 102.1)).toBeNull();
  expect(cpuUsageOfSamples([])).toBeNull();
});

test("invalid lines are ignored", () => {
  expect(parseCpuSamples("bash: error\n1.0 cpu 1 2\n\n")).toEqual([]);
});

test("the usage above idle is never below zero, and steal is not subtracted", () => {
  const usage = (busy: number, steal: number): CpuUsage => ({ user: busy, system: 0, softirq: 0, steal, busy });
  expect(subtractIdle(usage(0.1, 0.3), usage(0.2, 0.1))).toEqual(usage(0, 0.3));
});

test("recomputes the usage of a load from its stored evidence", () => {
  const idle: CpuUsage = { user: 0.25, system: 0, softirq: 0.5, steal: 0, busy: 0.75 };
  const usage = cpuUsageOfLoad(withWindow(READINGS, { from: 100.25, to: 101.75, idle }));
  expect(usage?.user).toBeCloseTo(0.75);
  expect(usage?.busy).toBeCloseTo(0.75);
  expect(cpuUsageOfLoad(withWindow(READINGS, { from: 100.25, to: 101.75, idle: null }))).toBeNull();
  expect(cpuUsageOfLoad(withWindow(READINGS, { from: 99, to: 101, idle }))).toBeNull();
});

test("detects a shifted clock of a node from its last reading, and returns the minimum shift", () => {
  const samples = parseCpuSamples(READINGS); // the last one at 102
  expect(clockShift(samples, 101.5, 102.5)).toBe(0);
  expect(clockShift(samples, 103, 103.25)).toBe(-1);
  expect(clockShift(samples, 99, 99.5)).toBe(2.5);
  expect(clockShift([], 99, 99.5)).toBe(0);
});

describe("on this machine", () => {
  test("a busy loop of half a second is measured as busy time", async () => {
    const sampler = startCpuSampler(localShell());
    await localShell().exec(
      ["bash", "-c", "end=$((${EPOCHREALTIME/./} + 500000)); while ((${EPOCHREALTIME/./} < end)); do :; done"],
      { env: { LC_ALL: "C" } },
    );
    const samples = parseCpuSamples((await sampler.stop()).stdout);
    const usage = cpuUsageOfSamples(samples);
    expect(samples.length).toBeGreaterThan(2);
    expect(usage?.busy).toBeGreaterThan(0.2);
  });
});
