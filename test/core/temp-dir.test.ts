/** Removal of the temporary directories of killed processes. */
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { ownerTag } from "../../core/process-identity.ts";
import { makeTempDir, removeStaleTempDirs } from "../../core/temp-dir.ts";
import { temporaryDir } from "../helpers/cnibench.ts";

/** No process can have this ID: the kernel's maximum is 4194304. */
const DEAD_PID = 99_999_999;
/** What would be left by an earlier process with the ID of this one. */
const REUSED_PID = `p${process.pid}-00000000`;

test("a directory is private and names its purpose and owner", () => {
  const dir = makeTempDir({ tempDir: temporaryDir() }, "logs");
  expect(basename(dir)).toMatch(new RegExp(`^cnibench-logs-${ownerTag()}-\\w{6}$`));
  expect(statSync(dir).mode & 0o777).toBe(0o700);
});

test("directories of processes that no longer run are removed, for every purpose and from every version", () => {
  const tempDir = temporaryDir();
  const stale = [
    `cnibench-logs-p${DEAD_PID}-a1B2c3`,
    `cnibench-vm-${DEAD_PID}-a1B2c3`,
    `cnibench-api-p${DEAD_PID}-01234567-a1B2c3`,
    `cnibench-manifest-${REUSED_PID}-a1B2c3`,
    `cnibench-20260131t120000-p${DEAD_PID}-01234567-0f0f`,
  ];
  const others = [`cnibench-logs-p${process.pid}-a1B2c3`, "cnibench-logs", `cnibench-logs-p${DEAD_PID}`, "other"];
  for (const name of [...stale, ...others]) {
    mkdirSync(join(tempDir, name, "below"), { recursive: true });
    chmodSync(join(tempDir, name), 0o700);
  }
  const file = `cnibench-logs-p${DEAD_PID}-ffffff`;
  writeFileSync(join(tempDir, file), "");
  const own = basename(makeTempDir({ tempDir }, "logs"));
  expect(removeStaleTempDirs({ tempDir }).toSorted()).toEqual(
    stale.map((name) => `${join(tempDir, name)} removed`).toSorted(),
  );
  expect(readdirSync(tempDir).toSorted()).toEqual([...others, own, file].toSorted());
  expect(removeStaleTempDirs({ tempDir })).toEqual([]);
});

test("a directory that a user named like a leftover is kept", () => {
  const tempDir = temporaryDir();
  const names = [
    `cnibench-vm-${DEAD_PID}-mtu`,
    `cnibench-vm-${DEAD_PID}-run1`,
    `cnibench-flannel-p${DEAD_PID}-run1`,
    `cnibench-flannel-p${DEAD_PID}-result`,
  ];
  for (const name of names) {
    mkdirSync(join(tempDir, name));
    chmodSync(join(tempDir, name), 0o700);
  }
  // Directories of cnibench are private.
  const readable = `cnibench-vm-${DEAD_PID}-result`;
  mkdirSync(join(tempDir, readable));
  chmodSync(join(tempDir, readable), 0o755);
  expect(removeStaleTempDirs({ tempDir })).toEqual([]);
  expect(readdirSync(tempDir).toSorted()).toEqual([...names, readable].toSorted());
});
