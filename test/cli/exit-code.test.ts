/** docs/cli.md lists the exit codes that the program has. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EXIT, reportError } from "../../cli/exit-code.ts";
import { UsageError } from "../../core/errors.ts";
import { packageRoot } from "../../core/paths.ts";
import { captureTerminal } from "../helpers/terminal.ts";

test("docs/cli.md lists every exit code, also the reserved one", () => {
  const page = readFileSync(join(packageRoot(), "docs/cli.md"), "utf8");
  const [, rows = ""] = page.split("## Exit codes");
  const documented = [...rows.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
  expect(documented).toEqual(Object.values(EXIT));
});

test("no line of an error can be a workflow command", () => {
  const terminal = captureTerminal();
  reportError(new UsageError("first\n::error::second"), false);
  expect(terminal.stderr()).toBe("cnibench: first\ncnibench: ::error::second\n");
  reportError(new Error("x\n::error::y"), true);
  expect(terminal.stderr()).not.toMatch(/^\s*::/m);
});
