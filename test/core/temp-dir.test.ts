/** Removal of the temporary directories of killed processes. */
import { mkdirSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { tempDirOwnerPid, makeTempDir, removeStaleTempDirs } from "../../core/temp-dir.ts";
import { temporaryDir } from "../helpers/cnibench.ts";
import { fakeHost } from "../helpers/fake-host.ts";

/** No process can have this id: the kernel's maximum is 4194304. */
const DEAD_PID = 99_999_999;

test("only the directories of dead processes with the given purpose are removed", async () => {
  const dir = temporaryDir();
  const host = fakeHost({}, { tempDir: dir });
  const own = basename(await makeTempDir(host, "logs"));
  const [dead, other, foreign] = [
    `cnibench-logs-p${DEAD_PID}-a1B2c3`,
    `cnibench-images-p${DEAD_PID}-a1B2c3`,
    "cnibench-logs",
  ];
  for (const name of [dead, other, foreign]) mkdirSync(join(dir, name));
  expect(await removeStaleTempDirs(host, "logs")).toEqual([join(dir, dead)]);
  expect(readdirSync(dir).toSorted()).toEqual([own, other, foreign].toSorted());
  expect(tempDirOwnerPid("logs", own)).toBe(process.pid);
});
