import { EventEmitter } from "node:events";
import { expect, it } from "vitest";
import { EXIT } from "../../../cli/exit-code.ts";
import { watchOutput } from "../../../cli/terminal/output-errors.ts";
import { captureTerminal } from "../../helpers/terminal.ts";

const failure = (code: string) => Object.assign(new Error(`${code}: write failed`), { code });

it("turns a failed write into an error, also if the event follows the end of the command", async () => {
  const terminal = captureTerminal();
  const stdout = new EventEmitter();
  const exitCode = watchOutput(stdout);
  process.nextTick(() => stdout.emit("error", failure("ENOSPC")));
  expect(await exitCode(EXIT.success)).toBe(EXIT.notMeasured);
  stdout.emit("error", failure("ERR_STREAM_DESTROYED"));
  expect(await exitCode(EXIT.regression)).toBe(EXIT.regression);
  expect(terminal.stderr()).toBe(
    "cnibench: cannot write standard output (ENOSPC: write failed): " +
      "the output is incomplete; free some space or write to another file\n",
  );
});

it("keeps the exit code if the reader of a pipe ended", async () => {
  const terminal = captureTerminal();
  const stdout = new EventEmitter();
  const exitCode = watchOutput(stdout);
  stdout.emit("error", failure("EPIPE"));
  expect([await exitCode(EXIT.success), terminal.stderr()]).toEqual([EXIT.success, ""]);
});
