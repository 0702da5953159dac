import { expect, test } from "vitest";
import { localShell } from "../../core/local.ts";
import type { Node } from "../../core/model.ts";
import { daemonUsageOfLoad, startDaemonSampler, sumDaemonUsage } from "../../runners/daemons.ts";
import { withWindow } from "../../runners/sampler.ts";

/** A line of /proc/PID/stat: its own ticks, those of its ended children, pages. */
function stat(pid: number, name: string, ticks: number, ofChildren: number, pages: number): string {
  return `${pid} (${name}) S 1 ${pid} ${pid} 0 -1 4194304 900 0 0 0 ${ticks} 0 ${ofChildren} 0 20 0 8 0 2535768 1866158080 ${pages} 18446744073709551615 1 1`;
}

function notes(...samples: readonly (readonly [at: number, ...lines: string[]])[]): string {
  return samples.flatMap(([at, ...lines]) => lines.map((line) => `${at.toFixed(6)} ${line}\n`)).join("");
}

const WINDOW = { from: 101, to: 103, pageSize: 4096 };

test("CPU time of all processes over the window, and the most memory that was seen in it", () => {
  const text = notes(
    [100, stat(7, "etcd", 0, 0, 9999), stat(8, "flanneld", 100, 0, 1000)],
    [102, stat(7, "etcd", 20, 0, 100), stat(8, "flanneld", 110, 10, 1000)],
    [104, stat(7, "etcd", 40, 0, 90), stat(8, "flanneld", 120, 20, 1000)],
  );
  const usage = daemonUsageOfLoad(withWindow(text, WINDOW));
  expect(usage?.cpu).toBeCloseTo(0.2); // 20 + 20 ticks in two seconds
  expect(usage?.memory).toBe(1100 * 4096);
});

test("a child that ends in the window stays counted by its parent", () => {
  const text = notes(
    [100, stat(7, "agent", 0, 0, 10), stat(9, "iptables", 30, 0, 10)],
    [102, stat(7, "agent", 0, 40, 10)],
    [104, stat(7, "agent", 0, 40, 10)],
  );
  expect(daemonUsageOfLoad(withWindow(text, { ...WINDOW, from: 100, to: 104 }))?.cpu).toBeCloseTo(0.1 / 4);
});

test("a name with spaces and parentheses is no field", () => {
  const odd = (ticks: number): string => stat(7, "a) S 1 (b c", ticks, 0, 10);
  expect(daemonUsageOfLoad(withWindow(notes([101, odd(0)], [102, odd(50)], [103, odd(100)]), WINDOW))).toEqual({
    cpu: 0.5,
    memory: 10 * 4096,
  });
});

test.each([
  ["that were not noted over the whole window", notes([101, stat(7, "a", 0, 0, 1)], [102, stat(7, "a", 1, 0, 1)])],
  [
    "that were restarted",
    notes([101, stat(7, "a", 90, 0, 1)], [102, stat(7, "a", 95, 0, 1)], [103, stat(8, "a", 1, 0, 1)]),
  ],
  ["of which there is nothing", ""],
  ["whose lines are something else", notes([101, "7 (a"], [102, "hello"], [103, "cpu 1 2 3"])],
])("daemons %s have no usage", (_, text) => {
  expect(daemonUsageOfLoad(withWindow(text, WINDOW))).toBeNull();
});

test("several nodes are summed, and one that was not collected is no 0", () => {
  expect(
    sumDaemonUsage([
      { cpu: 0.5, memory: 1 },
      { cpu: 0.25, memory: 2 },
    ]),
  ).toEqual({ cpu: 0.75, memory: 3 });
  expect(sumDaemonUsage([{ cpu: 0.5, memory: 1 }, null])).toBeNull();
  expect(sumDaemonUsage([])).toBeNull();
});

test("a process of this machine that is busy, beside one that is gone", async () => {
  const shell = localShell();
  const node = { name: "here", shell } as Node; // nothing else of it is asked for
  const busy = shell.start(
    ["bash", "-c", "end=$((${EPOCHREALTIME/./} + 800000)); while ((${EPOCHREALTIME/./} < end)); do :; done"],
    { env: { LC_ALL: "C" }, stdin: "" },
  );
  const stats = await shell.exec(["sh", "-c", "cat /proc/[0-9]*/stat 2>/dev/null; :"]);
  const child = new RegExp(`^(\\d+) \\(bash\\) . ${process.pid} `, "m");
  const pid = Number(child.exec(stats.stdout)?.[1]);
  const from = Date.now() / 1000;
  const sampler = startDaemonSampler({ node, pids: [pid, 4_194_303], pageSize: 4096 });
  await new Promise((resolve) => setTimeout(resolve, 600));
  const { stdout } = await sampler.stop();
  await busy.done;
  const usage = daemonUsageOfLoad(withWindow(stdout, { from: from + 0.15, to: from + 0.55, pageSize: 4096 }));
  expect(usage?.cpu).toBeGreaterThan(0);
  expect(usage?.cpu).toBeLessThan(1.2);
  expect(usage?.memory).toBeGreaterThan(1e6);
});
