/** Busy processes of this machine: one that is not a descendant of the test, and one of a lab. */
import { expect, test } from "vitest";
import { netns } from "../../../clusters/netns/netns.ts";
import { createHost, localShell } from "../../../core/local.ts";
import { foreignUsage, foreignWarnings, readHostProcesses, watchForeignCpu } from "../../../engine/run/foreign-cpu.ts";

/** Its parent exits, so another process becomes its parent. */
const ORPHAN = "(exec setsid timeout 1 bash -c 'while :; do :; done') >/dev/null 2>&1 & exit";

test("a busy process that cnibench did not start is foreign", async () => {
  await localShell().exec(["bash", "-c", ORPHAN]);
  const stop = watchForeignCpu(createHost(), []);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const usage = stop();
  expect(usage?.busy).toBeGreaterThan(0.2);
  expect(foreignWarnings(usage).map(({ code }) => code)).toContain("busy-machine");
});

test("a busy process of a lab is foreign to the load of another lab", async () => {
  const host = createHost();
  const lab = await netns.create(host, { nodes: 1, underlayMtu: 1500 });
  try {
    await lab.nodes[0]?.shell.exec(["bash", "-c", ORPHAN]);
    const before = readHostProcesses(host.clock.now());
    await new Promise((resolve) => setTimeout(resolve, 500));
    // The same readings, because other tests start and end busy processes at any time.
    const after = readHostProcesses(host.clock.now());
    const busy = (foreignPids: readonly number[]): number =>
      foreignUsage(before, after, { own: process.pid, foreignPids })?.busy ?? 0;
    expect(busy(lab.rootPids ?? []) - busy([])).toBeGreaterThan(0.05);
  } finally {
    await lab[Symbol.asyncDispose]();
  }
});
