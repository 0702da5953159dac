/** Both endpoints of the policy probe on the loopback interface: open, refused, silent, and the wrong server. */
import { createServer } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { localShell } from "../../../core/local.ts";
import { run, type Process } from "../../../core/shell.ts";
import { parseProbeResult, type ProbeResult } from "../../../runners/policy/truth-table.ts";
import { probeProgram } from "../../../runners/policy/topology.ts";

const shell = localShell();
/** Ports that were free a moment ago. */
let [openPort, closedPort, silentPort] = [0, 0, 0];
let server: Process;
const silent = createServer(() => undefined);

beforeAll(async () => {
  [openPort, closedPort, silentPort] = [await freePort(), await freePort(), await freePort()];
  server = shell.start(["perl", "-e", probeProgram(), "serve", "x.a", String(openPort)], { stdin: "" });
  await new Promise<void>((resolve) => void silent.listen(silentPort, "127.0.0.1", resolve));
  for (let i = 0; i < 100 && (await probe([`tcp 127.0.0.1 ${openPort} x.a`]))[0]?.state !== "open"; i++)
    await new Promise((resolve) => setTimeout(resolve, 50));
});

afterAll(async () => {
  server.kill("SIGKILL");
  await server.done;
  silent.close();
});

async function freePort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((resolve) => void listener.listen(0, "127.0.0.1", resolve));
  const address = listener.address();
  await new Promise((resolve) => listener.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function probe(probes: readonly string[]): Promise<ProbeResult[]> {
  const printed = await run(shell, ["perl", "-e", probeProgram(), "ask", "1"], {
    stdin: `${probes.join("\n")}\n`,
    timeout: 10,
  });
  return printed.trimEnd().split("\n").map(parseProbeResult);
}

test("TCP and UDP to the expected server are open", async () => {
  expect(await probe([`tcp 127.0.0.1 ${openPort} x.a`, `udp 127.0.0.1 ${openPort} x.a`])).toEqual([
    { state: "open", detail: "" },
    { state: "open", detail: "" },
  ]);
});

test("an answer from another server is a failed probe, not an open connection", async () => {
  expect(await probe([`tcp 127.0.0.1 ${openPort} y.b`, `udp 127.0.0.1 ${openPort} y.b`])).toEqual(
    Array(2).fill({ state: "failed", detail: "answered by x.a" }),
  );
});

test("a refused connection is blocked, with the error message of the system", async () => {
  const answers = await probe([`tcp 127.0.0.1 ${closedPort} x.a`, `udp 127.0.0.1 ${closedPort} x.a`]);
  expect(answers).toEqual(Array(2).fill({ state: "blocked", detail: "Connection refused" }));
});

test("an open connection without an answer is a failed probe", async () => {
  expect(await probe([`tcp 127.0.0.1 ${silentPort} x.a`])).toEqual([
    { state: "failed", detail: "connected without an answer" },
  ]);
});

test("an invalid probe fails without affecting others, and the results keep their order", async () => {
  const [first, second, third] = await probe([
    `tcp nowhere ${openPort} x.a`,
    `tcp 127.0.0.1 ${openPort} x.a`,
    `udp 127.0.0.1 ${closedPort} x.a`,
  ]);
  expect(first).toEqual({ state: "failed", detail: "invalid address: nowhere" });
  expect([second?.state, third?.state]).toEqual(["open", "blocked"]);
});

test("runs three hundred probes in parallel", async () => {
  const answers = await probe(
    Array.from({ length: 300 }, (_, i) => `${i % 2 ? "tcp" : "udp"} 127.0.0.1 ${openPort} x.a`),
  );
  expect(answers.filter(({ state }) => state !== "open")).toEqual([]);
  expect(answers).toHaveLength(300);
});
