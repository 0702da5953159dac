/** New run directories whose lock is not available. Others are tested in session.test.ts. */
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { createLockedRun } from "../../../engine/run/create-locked-run.ts";
import type { RunFile } from "../../../results/record.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";

const RUN = {} as RunFile;

test("a directory that cannot be locked is removed if it is new", async () => {
  const host = { tryLock: () => Promise.reject(new Error("too many open files")) };
  const [created, existing] = [join(temporaryDir(), "run"), temporaryDir()];
  await expect(createLockedRun(host, created, RUN, null)).rejects.toThrow("too many open files");
  expect(existsSync(created)).toBe(false);
  await expect(createLockedRun(host, existing, RUN, null)).rejects.toThrow("too many open files");
  expect(readdirSync(existing)).toEqual([]);
});

test("a new directory that another process has locked is left to it", async () => {
  const host = { tryLock: async () => null };
  const dir = join(temporaryDir(), "run");
  await expect(createLockedRun(host, dir, RUN, null)).rejects.toThrow("another cnibench process is writing to");
  expect(existsSync(dir)).toBe(true);
});

test("a directory that another process fills before it is locked is unlocked again", async () => {
  const unlock = vi.fn();
  const dir = join(temporaryDir(), "run");
  const tryLock = async (): Promise<() => void> => {
    mkdirSync(join(dir, "other"));
    return unlock;
  };
  await expect(createLockedRun({ tryLock }, dir, RUN, null)).rejects.toThrow(/is not empty \(contains other\)/);
  expect(unlock).toHaveBeenCalledOnce();
});
