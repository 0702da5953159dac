import { expect, test } from "vitest";
import { localShell } from "../../../core/local.ts";
import type { Node } from "../../../core/model.ts";
import { daemonUsageOfLoad, startDaemonSampler, sumDaemonUsage } from "../../../runners/support/daemons.ts";
import { parseReadings, withWindow } from "../../../runners/support/sampler.ts";
import { watchOutput } from "../../helpers/watch-output.ts";

/** Returns a line of /proc/PID/stat. */
function stat(
  pid: number,
  name: string,
  [ticks, childTicks, pages]: readonly [ticks: number, childTicks: number, pages: number],
): string {
  const until = `${pid} (${name}) S 1 ${pid} ${pid} 0 -1 4194304 900 0 0 0`;
  return `${until} ${ticks} 0 ${childTicks} 0 20 0 8 0 2535768 1866158080 ${pages} 18446744073709551615 1 1`;
}

/** Returns the output of a sampler. */
function readings(...samples: readonly (readonly [at: number, ...lines: string[]])[]): string {
  return samples.flatMap(([at, ...lines]) => lines.map((line) => `${at.toFixed(6)} ${line}\n`)).join("");
}

const WINDOW = { from: 101, to: 103, pageSize: 4096 };

test("CPU time of all processes over the window, and the maximum memory in it", () => {
  const text = readings(
    [100, stat(7, "etcd", [0, 0, 9999]), stat(8, "flanneld", [100, 0, 1000])],
    [102, stat(7, "etcd", [20, 0, 100]), stat(8, "flanneld", [110, 10, 1000])],
    [104, stat(7, "etcd", [40, 0, 90]), stat(8, "flanneld", [120, 20, 1000])],
  );
  const usage = daemonUsageOfLoad(withWindow(text, WINDOW));
  expect(usage?.cpu).toBeCloseTo(0.2); // 20 + 20 ticks in two seconds
  expect(usage?.memory).toBe(1100 * 4096);
});

test("a child that exits in the window still counts through its parent", () => {
  const text = readings(
    [100, stat(7, "agent", [0, 0, 10]), stat(9, "iptables", [30, 0, 10])],
    [102, stat(7, "agent", [0, 40, 10])],
    [104, stat(7, "agent", [0, 40, 10])],
  );
  expect(daemonUsageOfLoad(withWindow(text, { ...WINDOW, from: 100, to: 104 }))?.cpu).toBeCloseTo(0.1 / 4);
});

test("a process name with spaces and parentheses is parsed as one field", () => {
  const odd = (ticks: number): string => stat(7, "a) S 1 (b c", [ticks, 0, 10]);
  expect(daemonUsageOfLoad(withWindow(readings([101, odd(0)], [102, odd(50)], [103, odd(100)]), WINDOW))).toEqual({
    cpu: 0.5,
    memory: 10 * 4096,
  });
});

test.each([
  ["without readings over the entire window", readings([101, stat(7, "a", [0, 0, 1])], [102, stat(7, "a", [1, 0, 1])])],
  [
    "after a restart",
    readings([101, stat(7, "a", [90, 0, 1])], [102, stat(7, "a", [95, 0, 1])], [103, stat(8, "a", [1, 0, 1])]),
  ],
  ["without readings", ""],
  ["with invalid lines", readings([101, "7 (a"], [102, "hello"], [103, "cpu 1 2 3"])],
])("daemons %s: no usage", (_, text) => {
  expect(daemonUsageOfLoad(withWindow(text, WINDOW))).toBeNull();
});

test("the sum over all nodes is null if one node was not collected", () => {
  expect(
    sumDaemonUsage([
      { cpu: 0.5, memory: 1 },
      { cpu: 0.25, memory: 2 },
    ]),
  ).toEqual({ cpu: 0.75, memory: 3 });
  expect(sumDaemonUsage([{ cpu: 0.5, memory: 1 }, null])).toBeNull();
  expect(sumDaemonUsage([])).toBeNull();
});

/** Prints its process ID, waits for the end of its input, uses 0.2 s of CPU time, says so and stays alive. */
const BUSY = `$| = 1; print "$$\\n"; <STDIN>; do { ($u, $s) = times } until $u + $s >= 0.2; print "used\\n"; sleep`;

test("samples a busy local process and ignores a missing one", async () => {
  const started = watchOutput(localShell());
  const busy = started.shell.start(["perl", "-e", BUSY], { timeout: 30 });
  const sampled = watchOutput(localShell());
  const node = { name: "local", shell: sampled.shell } as Node; // the sampler uses no other members
  const pids = [Number(await started.printed("\n")), 4_194_303];
  const sampler = startDaemonSampler({ node, pids, pageSize: 4096 });
  await sampled.printed("\n");
  busy.closeStdin();
  await started.printed("used");
  const { stdout } = await sampler.stop();
  busy.kill("SIGKILL");
  await busy.done;
  const times = parseReadings(stdout).map(({ at }) => at);
  const window = { from: times[0] ?? NaN, to: times.at(-1) ?? NaN, pageSize: 4096 };
  const usage = daemonUsageOfLoad(withWindow(stdout, window));
  expect(usage?.cpu).toBeGreaterThan(0);
  expect(usage?.cpu).toBeLessThan(1.2);
  expect(usage?.memory).toBeGreaterThan(1e6);
});
