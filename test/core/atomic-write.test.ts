import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeAtomically } from "../../core/atomic-write.ts";
import { temporaryDir } from "../helpers/cnibench.ts";

test("creates a file, replaces it and leaves nothing else", () => {
  const dir = temporaryDir();
  const file = join(dir, "run.json");
  writeAtomically(file, "first", 0o600);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  writeAtomically(file, Buffer.from("second"));
  expect(readFileSync(file, "utf8")).toBe("second");
  expect(readdirSync(dir)).toEqual(["run.json"]);
});

test("replaces the file instead of writing into it: an open reader keeps the old content", () => {
  const file = join(temporaryDir(), "file");
  writeFileSync(file, "old");
  const inode = statSync(file).ino;
  writeAtomically(file, "new");
  expect(statSync(file).ino).not.toBe(inode);
});

test("a failure changes nothing and leaves no draft", () => {
  const dir = temporaryDir();
  mkdirSync(join(dir, "target/full"), { recursive: true });
  expect(() => writeAtomically(join(dir, "target"), "x")).toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
  expect(readdirSync(dir)).toEqual(["target"]);
  expect(() => writeAtomically(join(dir, "missing/file"), "x")).toThrow("ENOENT");
});
