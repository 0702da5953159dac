/** Saving the logs of a cluster, with a fake kind that exports them. */
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { saveLogs } from "../../../clusters/kind/logs.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { fakeHost, type FakeHost } from "../../helpers/fake-host.ts";

const MIB = 1024 * 1024;

/** Returns a host with a kind that calls `write` with the directory and the name of the cluster. */
function hostWith(write: (dir: string, name: string) => void): FakeHost {
  const exportLogs = ([, , , dir = "", , name = ""]: readonly string[]): object => {
    write(dir, name);
    return {};
  };
  return fakeHost({ "kind export logs": exportLogs }, { tempDir: temporaryDir() });
}

const logsDir = (): string => join(temporaryDir(), "logs");

test("small files are copied, large ones truncated to their end, and symbolic links skipped", async () => {
  const host = hostWith((dir, name) => {
    const small = join(dir, `${name}-worker/a.log`);
    mkdirSync(dirname(small));
    writeFileSync(small, "short\n");
    writeFileSync(join(dir, "b.log"), Buffer.concat([Buffer.alloc(2 * MIB), Buffer.from("last words\n")]));
    symlinkSync("/etc/passwd", join(dir, "c.log"));
  });
  const logs = logsDir();
  await saveLogs(host, "one", logs);
  expect(readFileSync(join(logs, "one/one-worker/a.log"), "utf8")).toBe("short\n");
  expect(lstatSync(join(logs, "one/c.log"), { throwIfNoEntry: false })).toBeUndefined();
  const large = readFileSync(join(logs, "one/b.log"), "utf8");
  expect(large.length).toBeLessThan(MIB + 100);
  expect(large).toMatch(/^\(1048587 .* omitted\)\n/);
  expect(large).toMatch(/last words\n$/);
  expect(readdirSync(host.tempDir)).toEqual([]);
});

test("nothing is added to a full directory, and a failed export does not throw", async () => {
  const host = hostWith((dir) => writeFileSync(join(dir, "a.log"), "more\n"));
  const full = logsDir();
  mkdirSync(full);
  writeFileSync(join(full, "earlier"), "");
  truncateSync(join(full, "earlier"), 200 * MIB);
  await saveLogs(host, "two", full);
  expect(statSync(join(full, "two"), { throwIfNoEntry: false })).toBeUndefined();
  const failing = fakeHost({ "kind export logs": { exitCode: 1 } }, { tempDir: temporaryDir() });
  await saveLogs(failing, "three", logsDir());
  const blocked = logsDir();
  writeFileSync(blocked, "a file");
  await saveLogs(host, "four", blocked);
});
