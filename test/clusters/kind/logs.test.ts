/** Saving the logs of a cluster, with a fake kind that exports them. */
import { chmodSync, lstatSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { saveLogs } from "../../../clusters/kind/logs.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { createHost } from "../../../core/local.ts";

const host = createHost();

const MIB = 1024 * 1024;

/**
 * Puts a fake kind first in PATH, which is called as `kind export logs DIR --name NAME`.
 * @returns a directory for the logs
 */
function fakeKind(script: string): string {
  const dir = temporaryDir();
  const { PATH } = process.env;
  writeFileSync(join(dir, "kind"), `#!/bin/bash\n${script}\n`);
  chmodSync(join(dir, "kind"), 0o755);
  process.env.PATH = `${dir}:${PATH}`;
  onTestFinished(() => void (process.env.PATH = PATH));
  return join(temporaryDir(), "logs");
}

test("small files are copied, large ones truncated to their end, and symbolic links skipped", async () => {
  const logs = fakeKind(
    [
      `mkdir -p "$3/$5-worker"`,
      `echo short >"$3/$5-worker/a.log"`,
      `{ head -c ${2 * MIB} /dev/zero; echo last words; } >"$3/b.log"`,
      `ln -s /etc/passwd "$3/c.log"`,
    ].join("\n"),
  );
  await saveLogs(host, "one", logs);
  expect(readFileSync(join(logs, "one/one-worker/a.log"), "utf8")).toBe("short\n");
  expect(lstatSync(join(logs, "one/c.log"), { throwIfNoEntry: false })).toBeUndefined();
  const large = readFileSync(join(logs, "one/b.log"), "utf8");
  expect(large.length).toBeLessThan(MIB + 100);
  expect(large).toMatch(/^\(1048587 .* omitted\)\n/);
  expect(large).toMatch(/last words\n$/);
});

test("nothing is added to a full directory, and a failed export does not throw", async () => {
  const logs = fakeKind(`echo more >"$3/a.log"`);
  mkdirSync(logs);
  writeFileSync(join(logs, "earlier"), "");
  truncateSync(join(logs, "earlier"), 200 * MIB);
  await saveLogs(host, "two", logs);
  expect(statSync(join(logs, "two"), { throwIfNoEntry: false })).toBeUndefined();
  await saveLogs(host, "three", fakeKind("exit 1"));
  const blocked = fakeKind(`echo more >"$3/a.log"`);
  writeFileSync(blocked, "a file");
  await saveLogs(host, "four", blocked);
});
