/** The clock of another machine, by the reading whose way took least. */
import { expect, test } from "vitest";
import { localShell } from "../../core/local.ts";
import type { Shell } from "../../core/shell.ts";
import { clockOffset } from "../../runners/clock.ts";

const { signal } = new AbortController();

test("this machine's own clock is not ahead of itself", async () => {
  expect(Math.abs(await clockOffset(localShell(), signal))).toBeLessThan(0.5);
});

test("a clock that is a minute ahead is told so, though some readings are late on their way", async () => {
  let reading = 0;
  const shell: Shell = {
    ...localShell(),
    exec: async (argv) => {
      const stdout = String(Date.now() / 1000 + 60);
      if (reading++ !== 3) await new Promise((resolve) => setTimeout(resolve, 300));
      return {
        argv,
        where: "far",
        stdout,
        stderr: "",
        exitCode: 0,
        signal: null,
        duration: 0,
        ended: null,
        startError: null,
      };
    },
  };
  expect(await clockOffset(shell, signal)).toBeCloseTo(60, 1);
});
