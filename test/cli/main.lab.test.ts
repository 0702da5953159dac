/** The program as a process. */
import { expect, it } from "vitest";
import { localShell } from "../../core/local.ts";
import { PROGRAM } from "../helpers/cnibench.ts";

it.each([
  ["on a full disk, in one sentence", 'exec "$@" >/dev/full', 3, /^cnibench: cannot write standard output [^\n]*\n$/],
  // The pipe of the shell has no reader when the version is printed.
  ["to a pipe without a reader, silently", '{ sleep 0.2; "$@"; echo "$?" >&2; } | true', 0, /^0\n$/],
])("--version ends %s", async (_, script, code, stderr) => {
  const output = await localShell().exec(["bash", "-c", script, "bash", ...PROGRAM, "--version"], { timeout: 30 });
  expect([output.exitCode, output.stdout]).toEqual([code, ""]);
  expect(output.stderr).toMatch(stderr);
});
