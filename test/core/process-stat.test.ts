import { expect, test } from "vitest";
import { parseProcessStat } from "../../core/process-stat.ts";

const REST = "0 0 0 0 100 20 30 40 20 0 8 0 2535768 1866158080 900 18446744073709551615 1 1";

test("parses the times of a process whose name looks like fields", () => {
  expect(parseProcessStat(`7 (a) S 1 (b c) S 3 7 7 0 -1 4194304 ${REST}`)).toEqual({
    pid: 7,
    parent: 3,
    isKernelThread: false,
    startTime: 2535768,
    user: 1,
    system: 0.2,
    childrenUser: 0.3,
    childrenSystem: 0.4,
    resident: 900,
  });
});

test("recognizes threads of the kernel", () => {
  expect(parseProcessStat(`7 (kworker/0:0) I 2 0 0 0 -1 69238880 ${REST}`)?.isKernelThread).toBe(true);
});

test.each(["", "7 (a", "cpu 1 2 3 4 5 6 7 8", "7 (a) S 3 7 7 0 -1 4194304 0 0"])("rejects %j", (line) => {
  expect(parseProcessStat(line)).toBeNull();
});
