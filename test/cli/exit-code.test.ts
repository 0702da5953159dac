/** docs/cli.md lists the exit codes that the program has. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EXIT } from "../../cli/exit-code.ts";
import { packageRoot } from "../../core/paths.ts";

test("docs/cli.md lists every exit code, also the reserved one", () => {
  const page = readFileSync(join(packageRoot(), "docs/cli.md"), "utf8");
  const [, rows = ""] = page.split("## Exit codes");
  const documented = [...rows.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
  expect(documented).toEqual(Object.values(EXIT));
});
