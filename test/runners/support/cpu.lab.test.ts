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
  const usage = (busy: number, steal: number): CpuUsage => ({
    ...{ user: busy, system: 0, softirq: 0 },
    ...{ steal, busy, seconds: 1 },
  });
  expect(subtractIdle(usage(0.1, 0.3), usage(0.2, 0.1))).toEqual(usage(0, 0.3));
});

test("recomputes the usage of a load from its stored evidence", () => {
  const idle: CpuUsage = { user: 0.25, system: 0, softirq: 0.5, steal: 0, busy: 0.75, seconds: 1 };
  const usage = cpuUsageOfLoad(withWindow(READINGS, { from: 100.25, to: 101.75, idle }));
  expect(usage?.user).toBeCloseTo(0.75);
  expect(usage?.busy).toBeCloseTo(0.75);
  expect(cpuUsageOfLoad(withWindow(READINGS, { from: 100.25, to: 101.75, idle: null }))).toBeNull();
  expect(cpuUsageOfLoad(withWindow(READINGS, { from: 99, to: 101, idle }))).toBeNull();
});

/** Returns a reading of a process that has used these ticks. */
function processStat(at: string, pid: number, [user, system, childrenUser]: readonly number[]): string {
  return `${at} ${pid} (load) S 1 1 1 0 -1 4194304 0 0 0 0 ${user} ${system} ${childrenUser} 0 20 0 1 0 ${pid} 1 1`;
}

describe("by processes", () => {
  const window = { from: 100, to: 102, accounting: "processes", awake: null, idle: null };
  const agent = (at: string, ticks: number): string => processStat(at, 7, [0, 0, ticks]);
  const load = (at: string, ticks: number): string => processStat(at, 20, [ticks, ticks / 2, 0]);

  test("the time of the cluster's processes, running or exited, and the softirq time of the machine", () => {
    const readings = [
      READINGS,
      ...[agent("100.000000", 0), load("100.000000", 0)],
      ...[agent("101.000000", 0), load("101.000000", 40)],
      ...[agent("102.000000", 100)], // the load has exited with 100 ticks
    ].join("\n");
    const usage = cpuUsageOfLoad(withWindow(readings, window));
    expect(usage?.user).toBeCloseTo(0.5);
    expect(usage?.system).toBeCloseTo(0.1); // the highest reading: its parent counts it in user mode here
    expect(usage?.softirq).toBeCloseTo(0.5);
    expect(usage?.busy).toBeCloseTo(1.1);
  });

  test("at most the time of the machine outside interrupts, which processes include on some kernels", () => {
    const readings = [READINGS, load("100.000000", 0), load("102.000000", 200)].join("\n");
    const usage = cpuUsageOfLoad(withWindow(readings, window)); // 1.5 cores, and 1 outside interrupts
    expect(usage?.user).toBeCloseTo(2 / 3);
    expect(usage?.busy).toBeCloseTo(1.5);
  });

  test("the time of processes that keep CPUs awake does not count", () => {
    const spinning = READINGS.replaceAll(/cpu {2}(\d+) 0/g, "cpu  500 $1"); // all time is that of niced processes
    const readings = [spinning, load("100.000000", 0), load("102.000000", 20)].join("\n");
    expect(cpuUsageOfLoad(withWindow(readings, { ...window, awake: "spinners" }))?.busy).toBeCloseTo(0.5);
    expect(cpuUsageOfLoad(withWindow(readings, window))?.busy).toBeCloseTo(0.65);
    const idle = { user: 0, system: 0, softirq: 0, steal: 0, busy: 0, seconds: 1 };
    const machine = { ...window, accounting: "machine", awake: "spinners", idle };
    expect(cpuUsageOfLoad(withWindow(readings, machine))?.busy).toBeCloseTo(0.5);
  });

  test("no usage without readings of processes", () => {
    expect(cpuUsageOfLoad(withWindow(READINGS, window))).toBeNull();
  });
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
    const sampler = startCpuSampler(localShell(), "machine");
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
