import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isDirectory, makeDirectories, packageRoot } from "../../core/paths.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "cnibench-paths-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

describe("packageRoot", () => {
  test("is the checkout when run from the source", () => {
    expect(packageRoot()).toBe(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
  });

  test("skips a package.json of another name", () => {
    const inner = join(dir, "dist", "core");
    mkdirSync(inner, { recursive: true });
    writeFileSync(join(dir, "package.json"), `{"name": "cnibench"}`);
    writeFileSync(join(dir, "dist", "package.json"), `{"type": "module"}`);
    expect(packageRoot(inner)).toBe(dir);
  });

  test("throws if no package.json is found", () => {
    expect(() => packageRoot(dir)).toThrow(/package\.json .* not found .*reinstall/);
  });
});

describe("makeDirectories", () => {
  test("creates missing parents and keeps existing directories", () => {
    makeDirectories(join(dir, "a", "b", "c"));
    makeDirectories(join(dir, "a", "b", "c"));
    expect(existsSync(join(dir, "a", "b", "c"))).toBe(true);
  });

  test("throws the system error where a directory cannot be created", () => {
    writeFileSync(join(dir, "file"), "");
    expect(() => makeDirectories(join(dir, "file", "below"))).toThrow(/ENOTDIR/);
    expect(() => makeDirectories("/proc/cnibench/below")).toThrow(/ENOENT|EACCES|EPERM/);
  });
});

test("isDirectory follows links, and is false for files and missing paths", () => {
  const [file, link] = [join(dir, "file"), join(dir, "link")];
  writeFileSync(file, "");
  symlinkSync(dir, link);
  expect([dir, link, file, join(dir, "missing")].map(isDirectory)).toEqual([true, true, false, false]);
});
