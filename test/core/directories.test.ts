import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeDirectories } from "../../core/directories.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "cnibench-directories-"));
});
afterEach(() => rmSync(root, { recursive: true }));

describe("makeDirectories", () => {
  it("creates missing parents and keeps existing directories", () => {
    makeDirectories(join(root, "a", "b", "c"));
    makeDirectories(join(root, "a", "b", "c"));
    expect(existsSync(join(root, "a", "b", "c"))).toBe(true);
  });

  it("throws the system error where a directory cannot be created", () => {
    writeFileSync(join(root, "file"), "");
    expect(() => makeDirectories(join(root, "file", "below"))).toThrow(/ENOTDIR/);
    expect(() => makeDirectories("/proc/cnibench/below")).toThrow(/ENOENT|EACCES|EPERM/);
  });
});
