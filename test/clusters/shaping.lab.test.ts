import { expect, test } from "vitest";
import { shapeUnderlay } from "../../clusters/nodes/shaping.ts";
import { localShell } from "../../core/local.ts";
import type { ExecOptions } from "../../core/shell.ts";

/** Returns the lines that tc receives. */
async function linesOf(shaping: Parameters<typeof shapeUnderlay>[2]): Promise<string[]> {
  const lines: string[] = [];
  const exec = (_: readonly string[], { stdin = "" }: ExecOptions = {}) => {
    lines.push(...String(stdin).trim().split("\n"));
    return localShell().exec(["true"]);
  };
  await shapeUnderlay({ ...localShell(), exec }, ["p1", "p2"], shaping);
  return lines;
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
