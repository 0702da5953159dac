import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { packageRoot } from "../../core/paths.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "cnibench-paths-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

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
