/** The lines that tc receives to shape the underlay. */
import { expect, test } from "vitest";
import { shapeUnderlay } from "../../../clusters/nodes/shaping.ts";
import { EnvironmentError } from "../../../core/errors.ts";
import { CommandError } from "../../../core/shell.ts";
import { fakeShell } from "../../helpers/fake-host.ts";

/** Returns the lines that tc receives. */
async function linesOf(shaping: Parameters<typeof shapeUnderlay>[2]): Promise<string[]> {
  const shell = fakeShell({ "tc -batch -": {} });
  await shapeUnderlay(shell, ["p1", "p2"], shaping);
  return shell.calls.flatMap(({ options }) => String(options.stdin).trim().split("\n"));
}

test("tc is not executed without shaping", async () => {
  expect(await linesOf({})).toEqual([]);
});

test("delay and loss share one netem qdisc, whose child limits the rate", async () => {
  expect(await linesOf({ underlayDelay: 0.005, underlayLoss: 0.003, underlayRate: 1e9 })).toEqual(
    ["p1", "p2"].flatMap((port) => [
      `qdisc add dev ${port} root handle 1: netem limit 1000000 delay 5000us loss 0.3%`,
      `qdisc add dev ${port} parent 1:1 tbf rate 1000000000bit burst 500000b latency 50ms`,
    ]),
  );
  expect(await linesOf({ underlayLoss: 0.01 })).toContain(
    "qdisc add dev p2 root handle 1: netem limit 1000000 loss 1%",
  );
});

test.each([
  ["--underlay-delay", { underlayDelay: 0.005, underlayRate: 1e9 }],
  ["--underlay-loss", { underlayLoss: 0.01, underlayRate: 1e9 }],
  ["--underlay-rate", { underlayRate: 1e9 }],
])("a kernel without the queueing discipline of %s is reported with that option", async (option, shaping) => {
  const shell = fakeShell({ tc: { exitCode: 2, stderr: "Error: Specified qdisc kind is unknown.\n" } });
  const error: unknown = await shapeUnderlay(shell, ["p1"], shaping).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(EnvironmentError);
  expect(String(error)).toContain(`required by ${option};`);
});

test("any other failure of tc is reported as it is", async () => {
  const shell = fakeShell({ tc: { exitCode: 1, stderr: "Cannot find device p1\n" } });
  await expect(shapeUnderlay(shell, ["p1"], { underlayRate: 1e9 })).rejects.toBeInstanceOf(CommandError);
});
