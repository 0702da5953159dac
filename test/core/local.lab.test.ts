import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const BUILT = join(import.meta.dirname, "../../dist/core/local.js");

test.each([
  ["--map-root-user", "root"],
  ["--map-user=54321", ""],
])("userName returns the name, or an empty string for a user ID without a name: %s", (map, name) => {
  const script = `import(${JSON.stringify(BUILT)})
    .then((module) => process.stdout.write(JSON.stringify(module.createHost().userName)))`;
  expect(execFileSync("unshare", ["--user", map, process.execPath, "-e", script], { encoding: "utf8" })).toBe(
    JSON.stringify(name),
  );
});
