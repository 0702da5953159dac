/** The clock offset of another machine, from the reading with the shortest round trip. */
import { expect, test } from "vitest";
import { localShell } from "../../../core/local.ts";
import type { Shell } from "../../../core/shell.ts";
import { clockOffset } from "../../../runners/support/timing.ts";
import { outputOf } from "../../helpers/fake-host.ts";

const { signal } = new AbortController();

test("the offset to the local clock is about zero", async () => {
  expect(Math.abs(await clockOffset(localShell(), signal))).toBeLessThan(0.5);
});

test("detects a clock that is a minute ahead, although some readings are delayed", async () => {
  let reading = 0;
  const shell: Shell = {
    ...localShell(),
    exec: async (argv) => {
      const stdout = String(Date.now() / 1000 + 60);
      if (reading++ !== 3) await new Promise((resolve) => setTimeout(resolve, 300));
      return outputOf(argv, { where: "far", stdout });
    },
  };
  expect(await clockOffset(shell, signal)).toBeCloseTo(60, 1);
});
