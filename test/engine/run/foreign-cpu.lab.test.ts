/** A process of this machine that is not a descendant of the test. */
import { expect, test } from "vitest";
import { createHost, localShell } from "../../../core/local.ts";
import { foreignWarnings, watchForeignCpu } from "../../../engine/run/foreign-cpu.ts";

/** Its parent exits, so another process becomes its parent. */
const ORPHAN = "(exec setsid timeout 1 bash -c 'while :; do :; done') >/dev/null 2>&1 & exit";

test("a busy process that cnibench did not start is foreign", async () => {
  await localShell().exec(["bash", "-c", ORPHAN]);
  const stop = watchForeignCpu(createHost());
  await new Promise((resolve) => setTimeout(resolve, 500));
  const usage = stop();
  expect(usage?.busy).toBeGreaterThan(0.2);
  expect(foreignWarnings(usage).map(({ code }) => code)).toContain("busy-machine");
});
