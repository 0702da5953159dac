/** Parses curl's output, and runs curl against a local server. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { createHost, localShell } from "../../../core/local.ts";
import type { Output } from "../../../core/shell.ts";
import { findTool } from "../../../tools/find.ts";
import { curlTimes, parseTimes } from "../../../runners/support/curl.ts";

const host = createHost();

const { signal } = new AbortController();
const curlTest = test.skipIf(findTool(host, "curl") === null);
if (findTool(host, "curl") === null) console.warn("curl not found: skipping the tests that run it");

test("parses lines of times and rejects other lines", () => {
  expect(parseTimes("0 0.001 0.020 \n0 0.002 0.030 \n", 2, 0)).toEqual([
    [0.001, 0.02],
    [0.002, 0.03],
  ]);
  expect(parseTimes("7 0.004 Failed to connect to web port 1: Connection refused\n", 1, 7)).toEqual([[0.004]]);
  expect(() => parseTimes("7 0.004 Failed to connect to web port 1\n", 1, 0)).toThrow(
    /exit code 7: Failed to connect to web port 1/,
  );
  expect(() => parseTimes("6 0.000000 Could not resolve host: web\n", 1, 7)).toThrow(
    /exit code 6: Could not resolve host: web/,
  );
  expect(() => parseTimes("0 many\n", 1, 0)).toThrow(/0 many$/);
  expect(() => parseTimes("", 1, 0)).toThrow("curl failed with exit code ");
});

curlTest("every request opens a new connection, and the first one is discarded", async () => {
  let connections = 0;
  const server = createServer((_, response) => void response.writeHead(401).end("unauthorized")).on(
    "connection",
    () => connections++,
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const kept: Output[] = [];
  const { port } = server.address() as AddressInfo;
  const times = await curlTimes(
    localShell(),
    { url: `http://127.0.0.1:${port}/`, count: 3, times: ["time_connect", "time_total"] },
    { signal, keep: (_, output) => void kept.push(output) },
  );
  server.close();
  expect(connections).toBe(4);
  expect(times).toHaveLength(3);
  for (const [connect = 0, total = 0] of times) expect(connect > 0 && total > connect).toBe(true);
  expect(kept).toHaveLength(1);
});

curlTest("resolves a name without a listener on the port, and an unknown name is an error", async () => {
  const lookup = (name: string) =>
    curlTimes(
      localShell(),
      { url: `http://${name}:1/`, count: 2, times: ["time_namelookup"], acceptedExitCode: 7 },
      { signal, keep: () => undefined },
    );
  expect((await lookup("localhost")).flat()).toHaveLength(2);
  await expect(lookup("nowhere.invalid")).rejects.toThrow(/^curl failed with exit code 6: /);
});
