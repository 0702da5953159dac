import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { localShell } from "../../../core/local.ts";
import { withLock } from "../../../core/tools/lock.ts";

let folder = "";
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "cnibench-lock-"))));
afterAll(() => rmSync(folder, { recursive: true }));
const shell = localShell();

describe("withLock", () => {
  it("lets one in at a time, and hands on after an error", async () => {
    const file = join(folder, "one");
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await sleep(50);
      inside -= 1;
      throw new Error("it failed");
    };
    const ends = await Promise.allSettled([1, 2, 3].map(() => withLock(shell, file, {}, work)));
    expect(ends.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(most).toBe(1);
  });

  it("tells the one who waits, and gives up in time", async () => {
    const file = join(folder, "two");
    let told = 0;
    await withLock(shell, file, {}, async () => {
      const second = withLock(shell, file, { timeout: 1, onWait: () => (told += 1) }, async () => "in");
      await expect(second).rejects.toThrow(/another cnibench has held .* for 1 s/);
    });
    expect(told).toBe(1);
  });

  it("stops waiting when aborted, and the lock is free afterwards", async () => {
    const file = join(folder, "three");
    const abort = new AbortController();
    await withLock(shell, file, {}, async () => {
      const second = withLock(shell, file, { signal: abort.signal }, async () => "in");
      setTimeout(() => abort.abort(new Error("interrupted")), 50);
      await expect(second).rejects.toThrow("interrupted");
    });
    expect(await withLock(shell, file, {}, async () => "free")).toBe("free");
  });

  it("says when the file cannot be locked", async () => {
    await expect(withLock(shell, join(folder, "no/such/folder"), {}, async () => 1)).rejects.toThrow(
      /cannot be locked: .*flock/,
    );
  });
});
