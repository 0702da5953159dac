import { expect, test } from "vitest";
import { iperf3Tool } from "../../../runners/iperf3/tool.ts";
import { outputOf } from "../../helpers/fake-host.ts";

const RESET = "unable to receive control message: Connection reset by peer";

test.for([
  ["a refusal", "the server is busy running a test. try again later", [], true],
  ["a connection closed before the load", RESET, [], true],
  ["a connection closed during the load", RESET, [{ sum: {} }], false],
  ["an unreachable server", "unable to connect to server: Connection refused", [], false],
] as const)("a busy server: %s", ([, error, intervals, expected]) => {
  const stdout = JSON.stringify({ start: { connected: [] }, intervals, end: {}, error: `error - ${error}` });
  expect(iperf3Tool({ ip: "10.0.0.2" }).serverBusy?.(outputOf(["iperf3"], { stdout, exitCode: 1 }))).toBe(expected);
});
