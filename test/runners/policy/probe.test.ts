/** Both ends of the policy probe, for real, on this machine's loopback: what is open, refused, silent, and somebody else's. */
import { createServer } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { localShell } from "../../../core/local.ts";
import { run, type Process } from "../../../core/shell.ts";
import { parseProbeResult, type ProbeResult } from "../../../runners/policy/truth-table.ts";
import { probeProgram } from "../../../runners/policy/topology.ts";

const shell = localShell();
/** Ports that were free a moment ago. */
let [open, closed, mute] = [0, 0, 0];
let server: Process;
const silent = createServer(() => undefined);

beforeAll(async () => {
  [open, closed, mute] = [await freePort(), await freePort(), await freePort()];
  server = shell.start(["perl", "-e", probeProgram(), "serve", "x.a", String(open)], { stdin: "" });
  await new Promise<void>((resolve) => void silent.listen(mute, "127.0.0.1", resolve));
  for (let i = 0; i < 100 && (await ask([`tcp 127.0.0.1 ${open} x.a`]))[0]?.state !== "open"; i++)
    await new Promise((resolve) => setTimeout(resolve, 50));
});

afterAll(async () => {
  server.kill("SIGKILL");
  await server.done;
  silent.close();
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => void probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function ask(questions: readonly string[]): Promise<ProbeResult[]> {
  const said = await run(shell, ["perl", "-e", probeProgram(), "ask", "1"], {
    stdin: `${questions.join("\n")}\n`,
    timeout: 10,
  });
  return said.trimEnd().split("\n").map(parseProbeResult);
}

test("TCP and UDP to a server that is who it should be are open", async () => {
  expect(await ask([`tcp 127.0.0.1 ${open} x.a`, `udp 127.0.0.1 ${open} x.a`])).toEqual([
    { state: "open", detail: "" },
    { state: "open", detail: "" },
  ]);
});

test("an answer of somebody else is a failed check, not an open path", async () => {
  expect(await ask([`tcp 127.0.0.1 ${open} y.b`, `udp 127.0.0.1 ${open} y.b`])).toEqual(
    Array(2).fill({ state: "failed", detail: "answered by x.a" }),
  );
});

test("what is refused is blocked, with the system's word", async () => {
  const answers = await ask([`tcp 127.0.0.1 ${closed} x.a`, `udp 127.0.0.1 ${closed} x.a`]);
  expect(answers).toEqual(Array(2).fill({ state: "blocked", detail: "Connection refused" }));
});

test("a connection without an answer is a failed check", async () => {
  expect(await ask([`tcp 127.0.0.1 ${mute} x.a`])).toEqual([
    { state: "failed", detail: "connected without an answer" },
  ]);
});

test("a question that is none is a failed check, and spoils no other; answers keep their order", async () => {
  const [first, second, third] = await ask([
    `tcp nowhere ${open} x.a`,
    `tcp 127.0.0.1 ${open} x.a`,
    `udp 127.0.0.1 ${closed} x.a`,
  ]);
  expect(first).toEqual({ state: "failed", detail: "no address: nowhere" });
  expect([second?.state, third?.state]).toEqual(["open", "blocked"]);
});

test("three hundred questions are asked side by side", async () => {
  const answers = await ask(Array.from({ length: 300 }, (_, i) => `${i % 2 ? "tcp" : "udp"} 127.0.0.1 ${open} x.a`));
  expect(answers.filter(({ state }) => state !== "open")).toEqual([]);
  expect(answers).toHaveLength(300);
});
