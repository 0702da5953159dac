import { expect, test } from "vitest";
import type { ProcessStat } from "../../../core/process-stat.ts";
import { foreignUsage, foreignWarnings, type HostProcesses } from "../../../engine/run/foreign-cpu.ts";

const OWN = 100;

function stat(pid: number, parent: number, [user, childrenUser = 0]: readonly number[], changes = {}): ProcessStat {
  const times = { user: user ?? 0, system: 0, childrenUser, childrenSystem: 0 };
  return { pid, parent, isKernelThread: false, startTime: pid, resident: 1, ...times, ...changes };
}

function at(seconds: number, processes: readonly ProcessStat[], stolen = 0): HostProcesses {
  return { at: seconds, stolen, processes };
}

test("counts all processes but this one, its descendants and threads of the kernel", () => {
  const before = [stat(1, 0, [5]), stat(OWN, 1, [0]), stat(101, OWN, [0]), stat(102, 101, [0]), stat(9, 1, [1])];
  const kernel = stat(3, 2, [9], { isKernelThread: true });
  const after = [stat(1, 0, [5]), stat(OWN, 1, [8]), stat(101, OWN, [8]), stat(102, 101, [8]), stat(9, 1, [2]), kernel];
  expect(foreignUsage(at(10, before), at(12, after), { own: OWN, foreignPids: [] })?.busy).toBe(0.5);
});

test("counts descendants that belong to another cluster", () => {
  const processes = (used: number) => [stat(OWN, 1, [0]), stat(101, OWN, [used]), stat(102, 101, [used])];
  const usage = (foreignPids: readonly number[]) =>
    foreignUsage(at(10, processes(0)), at(12, processes(1)), { own: OWN, foreignPids })?.busy;
  expect(usage([])).toBe(0);
  expect(usage([101])).toBe(1);
  expect(usage([102])).toBe(0.5);
});

test("counts processes that started or exited meanwhile, once", () => {
  const before = [stat(1, 0, [0]), stat(9, 1, [3])];
  const after = [stat(1, 0, [0, 4]), stat(11, 1, [2])]; // 9 used one more second and was waited for by 1
  expect(foreignUsage(at(0, before), at(1, after), { own: OWN, foreignPids: [] })?.busy).toBe(3);
});

test("a reused process ID is another process", () => {
  const after = [stat(9, 1, [1], { startTime: 77 })];
  expect(foreignUsage(at(0, [stat(9, 1, [5])]), at(1, after), { own: OWN, foreignPids: [] })?.busy).toBe(1);
});

test("has no usage if no time has passed", () => {
  expect(foreignUsage(at(1, []), at(1, []), { own: OWN, foreignPids: [] })).toBeNull();
  expect(foreignWarnings(null)).toEqual([]);
});

test("warns above the limits", () => {
  const codes = (busy: number, stolen: number): string[] => foreignWarnings({ busy, stolen }).map(({ code }) => code);
  expect(codes(0.19, 0.04)).toEqual([]);
  expect(codes(0.2, 0.05)).toEqual(["busy-machine", "steal"]);
});
