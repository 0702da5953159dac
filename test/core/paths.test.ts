import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { packageRoot } from "../../core/paths.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cnibench-paths-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("from the source it is the checkout", () => {
  expect(packageRoot()).toBe(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
});

test("a package.json of another name on the way up is passed", () => {
  const inner = join(folder, "dist", "core");
  mkdirSync(inner, { recursive: true });
  writeFileSync(join(folder, "package.json"), `{"name": "cnibench"}`);
  writeFileSync(join(folder, "dist", "package.json"), `{"type": "module"}`);
  expect(packageRoot(inner)).toBe(folder);
});

test("without one the installation is called broken", () => {
  expect(() => packageRoot(folder)).toThrow(/install cnibench again/);
});
