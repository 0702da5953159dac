/** The host that runs cnibench. */
import { homedir, hostname, tmpdir } from "node:os";
import { expect, test } from "vitest";
import { createHost } from "../../core/local.ts";

test("the host of this process has its environment, its temporary directory and its clock", async () => {
  const { env, argv, tempDir, homeDir, hostname: machine, clock, signal } = createHost();
  expect(env).toBe(process.env);
  expect(argv).toBe(process.argv);
  expect([tempDir, homeDir, machine]).toEqual([tmpdir(), homedir(), hostname()]);
  expect(Math.abs(clock.date().getTime() - Date.now())).toBeLessThan(1000);
  const before = clock.now();
  await clock.sleep(0.01);
  expect(clock.now()).toBeGreaterThan(before);
  expect(signal.aborted).toBe(false);
  await expect(clock.sleep(60, AbortSignal.abort(new Error("interrupted")))).rejects.toThrow("interrupted");
});
