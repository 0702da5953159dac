/** How the creation of bridges ends, with a fake unshare. Real bridges are tested in test/e2e/vm. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { createBridges } from "../../../clusters/vm/bridges.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { createHost } from "../../../core/local.ts";

let dir = "";
beforeEach(() => {
  dir = temporaryDir();
});

function create(unshare: string, signal: AbortSignal): ReturnType<typeof createBridges> {
  writeFileSync(join(dir, "unshare"), `#!/bin/sh\n${unshare}\n`, { mode: 0o755 });
  const host = { ...createHost(), env: { PATH: dir }, signal };
  return createBridges(host, dir, { nodes: 2, nics: 1, mtu: 1500 });
}

test("an interrupt ends a creation that hangs", async () => {
  const controller = new AbortController();
  const reason = new Error("interrupted");
  const creation = create("exec sleep 60", controller.signal);
  setTimeout(() => controller.abort(reason), 50);
  await expect(creation).rejects.toBe(reason);
});

test("an error of unshare is reported", async () => {
  await expect(
    create("echo 'unshare failed: Operation not permitted' >&2; exit 1", new AbortController().signal),
  ).rejects.toThrow(/--vm-underlay tap \(unshare failed: Operation not permitted\)/);
});
