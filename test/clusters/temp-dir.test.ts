/** Folders of killed processes: found by their names, and removed. */
import { mkdirSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { tempDirOwnerPid, makeTempDir, removeStaleTempDirs } from "../../clusters/temp-dir.ts";
import { temporaryDir } from "../helpers/cnibench.ts";

/** No process has it: the kernel's largest is 4194304. */
const DEAD = 99_999_999;

test("what a killed process has left is removed, and nothing else", async () => {
  const folder = temporaryDir();
  const { TMPDIR } = process.env;
  process.env.TMPDIR = folder;
  onTestFinished(() => {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  });
  const own = basename(await makeTempDir("logs"));
  const [dead, other, foreign] = [`cnibench-logs-p${DEAD}-a1B2c3`, `cnibench-images-p${DEAD}-a1B2c3`, "cnibench-logs"];
  for (const name of [dead, other, foreign]) mkdirSync(join(folder, name));
  expect(await removeStaleTempDirs("logs")).toEqual([join(folder, dead)]);
  expect(readdirSync(folder).toSorted()).toEqual([own, other, foreign].toSorted());
  expect(tempDirOwnerPid("logs", own)).toBe(process.pid);
});
