/** Busy processes of this machine: one that is not a descendant of the test, and one of a lab. */
import { expect, test } from "vitest";
import { netns } from "../../../clusters/netns/netns.ts";
import { createHost, localShell } from "../../../core/local.ts";
import { foreignWarnings, watchForeignCpu } from "../../../engine/run/foreign-cpu.ts";

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
    const [withOthers, withLab] = [watchForeignCpu(host, []), watchForeignCpu(host, lab.rootPids ?? [])];
    await new Promise((resolve) => setTimeout(resolve, 500));
    const [others, all] = [withOthers(), withLab()];
    expect((all?.busy ?? 0) - (others?.busy ?? 0)).toBeGreaterThan(0.2);
  } finally {
    await lab[Symbol.asyncDispose]();
  }
});
