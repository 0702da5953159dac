/** What is kept of the logs of a cluster: a program in the place of kind gives them. */
import { chmodSync, lstatSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { saveLogs } from "../../../clusters/kind/logs.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";

const MIB = 1024 * 1024;

/** Puts a program first in the search path that is called as `kind export logs FOLDER --name NAME`. */
function playKind(script: string): string {
  const folder = temporaryDir();
  const { PATH } = process.env;
  writeFileSync(join(folder, "kind"), `#!/bin/bash\n${script}\n`);
  chmodSync(join(folder, "kind"), 0o755);
  process.env.PATH = `${folder}:${PATH}`;
  onTestFinished(() => void (process.env.PATH = PATH));
  return join(temporaryDir(), "logs");
}

test("a small file is kept as it is, of a large one the end with what is left out", async () => {
  const logs = playKind(
    `mkdir -p "$3/$5-worker"; echo short >"$3/$5-worker/a.log"; { head -c ${2 * MIB} /dev/zero; echo last words; } >"$3/b.log"; ln -s /etc/passwd "$3/c.log"`,
  );
  await saveLogs("one", logs);
  expect(readFileSync(join(logs, "one/one-worker/a.log"), "utf8")).toBe("short\n");
  expect(lstatSync(join(logs, "one/c.log"), { throwIfNoEntry: false })).toBeUndefined();
  const large = readFileSync(join(logs, "one/b.log"), "utf8");
  expect(large.length).toBeLessThan(MIB + 100);
  expect(large).toMatch(/^\(1048587 bytes before this are left out\)\n/);
  expect(large).toMatch(/last words\n$/);
});

test("nothing is added to a folder that is full, and logs that cannot be had fail nothing", async () => {
  const logs = playKind(`echo more >"$3/a.log"`);
  mkdirSync(logs);
  writeFileSync(join(logs, "earlier"), "");
  truncateSync(join(logs, "earlier"), 200 * MIB);
  await saveLogs("two", logs);
  expect(statSync(join(logs, "two"), { throwIfNoEntry: false })).toBeUndefined();
  await saveLogs("three", playKind("exit 1"));
  const inTheWay = playKind(`echo more >"$3/a.log"`);
  writeFileSync(inTheWay, "a file");
  await saveLogs("four", inTheWay);
});
