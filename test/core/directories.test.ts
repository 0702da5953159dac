import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeDirectories } from "../../core/directories.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "cnibench-folders-"));
});
afterEach(() => rmSync(root, { recursive: true }));

describe("makeFolders", () => {
  it("makes the folders above too, and leaves what is there", () => {
    makeDirectories(join(root, "a", "b", "c"));
    makeDirectories(join(root, "a", "b", "c"));
    expect(existsSync(join(root, "a", "b", "c"))).toBe(true);
  });

  it("ends with the system's error where no folder can be made", () => {
    writeFileSync(join(root, "file"), "");
    expect(() => makeDirectories(join(root, "file", "below"))).toThrow(/ENOTDIR/);
    expect(() => makeDirectories("/proc/cnibench/below")).toThrow(/ENOENT|EACCES|EPERM/);
  });
});
