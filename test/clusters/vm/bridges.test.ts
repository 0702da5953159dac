/** What ends the making of bridges; real ones are in test/vm. unshare is played. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { createBridges } from "../../../clusters/vm/bridges.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";

let folder = "";
beforeEach(() => {
  folder = temporaryDir();
  vi.stubEnv("PATH", `${folder}:${process.env.PATH ?? ""}`);
  return () => vi.unstubAllEnvs();
});

function make(unshare: string, signal: AbortSignal): ReturnType<typeof createBridges> {
  writeFileSync(join(folder, "unshare"), `#!/bin/sh\n${unshare}\n`, { mode: 0o755 });
  return createBridges(folder, 2, 1, 1500, signal);
}

test("an interrupt ends a making that hangs", async () => {
  const controller = new AbortController();
  const reason = new Error("interrupted");
  const making = make("exec sleep 60", controller.signal);
  setTimeout(() => controller.abort(reason), 50);
  await expect(making).rejects.toBe(reason);
});

test("a refusal is told", async () => {
  await expect(
    make("echo 'unshare failed: Operation not permitted' >&2; exit 1", new AbortController().signal),
  ).rejects.toThrow(
    "the networks of --vm-underlay tap cannot be made (unshare failed: Operation not permitted); leave it out",
  );
});
