import { expect, test } from "vitest";
import { reportError } from "../../cli/report-error.ts";
import { UsageError } from "../../core/errors.ts";
import { captureTerminal } from "../helpers/terminal.ts";

test("no line of an error can be a workflow command", () => {
  const terminal = captureTerminal();
  reportError(new UsageError("first\n::error::second"), false);
  expect(terminal.stderr()).toBe("cnibench: first\ncnibench: : :error::second\n");
  reportError(new Error("x\n::error::y"), true);
  expect(terminal.stderr()).not.toMatch(/^\s*::/m);
});
