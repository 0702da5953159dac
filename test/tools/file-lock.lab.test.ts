import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHost } from "../../core/local.ts";
import { withLock } from "../../tools/file-lock.ts";

let dir = "";
beforeAll(() => (dir = mkdtempSync(join(tmpdir(), "cnibench-lock-"))));
afterAll(() => rmSync(dir, { recursive: true }));
const host = createHost();

describe("withLock", () => {
  it("admits one holder at a time and releases the lock after an error", async () => {
    const file = join(dir, "one");
    let holders = 0;
    let maxHolders = 0;
    const work = async (): Promise<void> => {
      holders += 1;
      maxHolders = Math.max(maxHolders, holders);
      await sleep(50);
      holders -= 1;
      throw new Error("it failed");
    };
    const ends = await Promise.allSettled([1, 2, 3].map(() => withLock(host, file, {}, work)));
    expect(ends.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(maxHolders).toBe(1);
  });

  it("calls onWait once and gives up after the timeout", async () => {
    const file = join(dir, "two");
    let waits = 0;
    await withLock(host, file, {}, async () => {
      const second = withLock(host, file, { timeout: 1, onWait: () => (waits += 1) }, async () => "in");
      await expect(second).rejects.toThrow(/held by another cnibench for 1 s/);
    });
    expect(waits).toBe(1);
  });

  it("stops waiting on abort, after which the lock is free", async () => {
    const file = join(dir, "three");
    const abort = new AbortController();
    await withLock(host, file, {}, async () => {
      const second = withLock({ ...host, signal: abort.signal }, file, {}, async () => "in");
      setTimeout(() => abort.abort(new Error("interrupted")), 50);
      await expect(second).rejects.toThrow("interrupted");
    });
    expect(await withLock(host, file, {}, async () => "free")).toBe("free");
  });

  it("reports a file that cannot be locked", async () => {
    await expect(withLock(host, join(dir, "no/such/dir"), {}, async () => 1)).rejects.toThrow(
      /cannot lock .*no\/such\/dir: .*flock/,
    );
  });
});
