import { mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { EnvironmentError } from "../../../core/errors.ts";
import { lockHost, lockRunDir } from "../../../engine/run/run-locks.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { fakeHost } from "../../helpers/fake-host.ts";

it("admits one measuring run per host", async () => {
  const host = fakeHost();
  const unlock = await lockHost(host);
  await expect(lockHost(host)).rejects.toThrow(EnvironmentError);
  (await lockHost(fakeHost()))(); // another machine
  unlock();
  (await lockHost(host))();
});

it("admits one process per run directory, under any of its paths", async () => {
  const parent = temporaryDir();
  const [dir, moved, other] = ["run", "moved", "other"].map((name) => join(parent, name)) as [string, string, string];
  const host = fakeHost();
  mkdirSync(dir);
  mkdirSync(other);
  const unlock = await lockRunDir(host, dir);
  await expect(lockRunDir(host, `${parent}/./run`)).rejects.toThrow(
    `another cnibench process is writing to ${parent}/./run`,
  );
  (await lockRunDir(host, other))();
  renameSync(dir, moved);
  await expect(lockRunDir(host, moved)).rejects.toThrow(EnvironmentError);
  unlock();
  (await lockRunDir(host, moved))();
});

it("leaves a missing directory to the function that reads it", async () => {
  const host = fakeHost();
  const missing = join(temporaryDir(), "missing");
  (await lockRunDir(host, missing))();
  (await lockRunDir(host, missing))();
});
