/** The subcommands of core/probe/probe.pl on the loopback interface. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { netns } from "../../../clusters/netns/netns.ts";
import { createHost, localShell } from "../../../core/local.ts";
import {
  announceCommand,
  askCommand,
  askInput,
  collectCommand,
  echoCommand,
  parseProbeResult,
  parseStamps,
  requestCommand,
  serveCommand,
  watchCommand,
  type Connection,
  type ProbeResult,
} from "../../../core/probe/probe.ts";
import { run, type Process, type Shell } from "../../../core/shell.ts";
import { TEST_SPEC } from "../../engine/deploy/with-deployment.ts";

const shell = localShell();
/** Ports that were free a moment ago. */
let [openPort, closedPort, silentPort] = [0, 0, 0];
let server: Process;
const silent = createServer({ allowHalfOpen: true }, () => undefined);

beforeAll(async () => {
  [openPort, closedPort, silentPort] = [await freePort(), await freePort(), await freePort()];
  server = shell.start(serveCommand("x.a", [openPort]), { stdin: "" });
  await new Promise<void>((resolve) => void silent.listen(silentPort, "127.0.0.1", resolve));
  for (let i = 0; i < 100 && (await probe([connection("tcp", openPort)]))[0]?.state !== "open"; i++)
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

function connection(protocol: Connection["protocol"], port: number, name = "x.a"): Connection {
  return { protocol, address: "127.0.0.1", port, name };
}

async function probe(connections: readonly Connection[]): Promise<ProbeResult[]> {
  const printed = await run(shell, askCommand(1), { stdin: askInput(connections), timeout: 10 });
  return printed.trimEnd().split("\n").map(parseProbeResult);
}

/** Runs `use` on a node of a lab, which ends the background servers. */
async function onNode(use: (node: Shell) => Promise<void>): Promise<void> {
  await using cluster = await netns.create(createHost(), { ...TEST_SPEC, nodes: 1 });
  for (const { shell: node } of cluster.nodes) await use(node);
}

describe("serve and ask", () => {
  test("TCP and UDP to the expected server are open", async () => {
    expect(await probe([connection("tcp", openPort), connection("udp", openPort)])).toEqual([
      { state: "open", detail: "" },
      { state: "open", detail: "" },
    ]);
  });

  test("an answer from another server is a failed probe, not an open connection", async () => {
    expect(await probe([connection("tcp", openPort, "y.b"), connection("udp", openPort, "y.b")])).toEqual(
      Array(2).fill({ state: "failed", detail: "answered by x.a" }),
    );
  });

  test("a refused connection is blocked, with the error message of the system", async () => {
    const answers = await probe([connection("tcp", closedPort), connection("udp", closedPort)]);
    expect(answers).toEqual(Array(2).fill({ state: "blocked", detail: "Connection refused", refused: true }));
  });

  test("an open connection without an answer is a failed probe", async () => {
    expect(await probe([connection("tcp", silentPort)])).toEqual([
      { state: "failed", detail: "connected without an answer" },
    ]);
  });

  test("an invalid probe fails without affecting others, and the results keep their order", async () => {
    const [first, second, third] = await probe([
      { ...connection("tcp", openPort), address: "nowhere" },
      connection("tcp", openPort),
      connection("udp", closedPort),
    ]);
    expect(first).toEqual({ state: "failed", detail: "invalid address: nowhere" });
    expect([second?.state, third?.state]).toEqual(["open", "blocked"]);
  });

  test("runs three hundred probes in parallel", async () => {
    const answers = await probe(Array.from({ length: 300 }, (_, i) => connection(i % 2 ? "tcp" : "udp", openPort)));
    expect(answers.filter(({ state }) => state !== "open")).toEqual([]);
    expect(answers).toHaveLength(300);
  });

  test("a connection without a request for an answer is open or blocked", async () => {
    expect(await probe([openPort, silentPort, closedPort].map((port) => connection("connect", port)))).toEqual([
      { state: "open", detail: "" },
      { state: "open", detail: "" },
      { state: "blocked", detail: "Connection refused", refused: true },
    ]);
  });
});

describe("announce and collect", () => {
  test("a pod is recorded after its first answer, even if it started before the collector", async () => {
    const port = 30499;
    const announcer = shell.start(announceCommand("127.0.0.1", port), { stdin: "" });
    try {
      const collected = await shell.exec(collectCommand(port, 1), { timeout: 20 });
      expect(collected).toMatchObject({ exitCode: 0, stderr: "" });
      expect(parseStamps(collected.stdout)).toEqual([
        { at: expect.closeTo(Date.now() / 1000, -1) as number, word: (await run(shell, ["uname", "-n"])).trim() },
      ]);
      const silent = await shell.exec(collectCommand(port, 1), { timeout: 1 });
      expect(silent.ended).toBe("timeout"); // the pod no longer sends
    } finally {
      announcer.kill("SIGKILL");
      await announcer.done;
    }
  });

  test("records a pod in spite of late answers and lost packets", async () => {
    const collector = createSocket("udp4").bind(0, "127.0.0.1");
    await once(collector, "listening");
    const { port } = collector.address();
    const received: string[] = [];
    const acknowledged = new Promise<void>((resolve) => {
      collector.on("message", (packet, { port: from }) => {
        const answers = packet.toString().split(" ")[1] ?? "";
        const before = received.filter((one) => one === answers).length;
        received.push(answers);
        if (answers === "0")
          for (let i = 0; i < 3; i++) collector.send(packet, from, "127.0.0.1"); // as if it had received three packets
        else if (before >= 3) {
          collector.send(packet, from, "127.0.0.1"); // as if the earlier packets had been lost
          resolve();
        }
      });
    });
    const announcer = shell.start(announceCommand("127.0.0.1", port), { stdin: "" });
    try {
      await acknowledged;
    } finally {
      announcer.kill("SIGKILL");
      await announcer.done;
      collector.close();
    }
  });
});

describe("watch", () => {
  test("each datagram has a new source port, because a firewall may allow known flows", async () => {
    const ports: number[] = [];
    const server = createSocket("udp4", (_, { port }) => void ports.push(port)).bind(0, "127.0.0.1");
    try {
      await once(server, "listening");
      await shell.exec(watchCommand("127.0.0.1", server.address().port), { timeout: 0.4 });
      expect(ports.length).toBeGreaterThan(10);
      expect(ports).toEqual([...new Set(ports)].sort((a, b) => a - b));
      expect(ports.at(-1)).toBeLessThan(32768); // the start of the ephemeral port range
    } finally {
      server.close();
    }
  });

  test("prints an answer every few milliseconds, and nothing without a server", async () => {
    const watch = watchCommand("127.0.0.1", 30498);
    const closed = await shell.exec(watch, { timeout: 0.5 });
    expect(closed).toMatchObject({ stdout: "", stderr: "", ended: "timeout" });
    const server = shell.start(serveCommand("server", [30498]), { stdin: "" });
    try {
      const open = await shell.exec(watch, { timeout: 2 });
      expect(open.stderr).toBe("");
      const count = parseStamps(open.stdout).filter(({ word }) => word === "").length;
      expect(count).toBeGreaterThan(20);
      expect(count).toBeLessThanOrEqual(2 / 0.005);
    } finally {
      server.kill("SIGKILL");
      await server.done;
    }
  });
});

describe("echo and request", () => {
  test("the reply is the address of the client, on TCP and UDP, IPv4 and IPv6", async () => {
    await onNode(async (node) => {
      const port = 7000;
      await run(node, echoCommand(port), { timeout: 5 });
      for (const protocol of ["tcp", "udp"] as const)
        for (const address of ["127.0.0.1", "::1"])
          expect(await run(node, requestCommand({ protocol, address, port }, { bytes: 0, timeout: 3 }))).toBe(address);
    });
  });

  test("the server replies with the given string after it has received everything", async () => {
    await onNode(async (node) => {
      await run(node, echoCommand(7000, "done"), { timeout: 5 });
      const server = { protocol: "tcp", address: "127.0.0.1", port: 7000 } as const;
      expect(await run(node, requestCommand(server, { bytes: 3_000_000, timeout: 5 }))).toBe("done");
    });
  });

  test("a request comes from the source port", async () => {
    await onNode(async (node) => {
      await run(node, echoCommand(7000, "done"), { timeout: 5 });
      const from = (sourcePort: number): readonly string[] =>
        requestCommand({ protocol: "udp", address: "127.0.0.1", port: 7000 }, { bytes: 0, timeout: 3, sourcePort });
      expect(await run(node, from(7001))).toBe("done");
      expect(await node.exec(from(7000))).toMatchObject({ stdout: "", stderr: "port 7000: Address already in use\n" });
    });
  });

  test("a request without a server fails, and one without an answer ends in time", async () => {
    const refused = await shell.exec(
      requestCommand({ protocol: "tcp", address: "127.0.0.1", port: closedPort }, { bytes: 0, timeout: 1 }),
    );
    expect(refused).toMatchObject({ exitCode: 111, stdout: "", stderr: "connect: Connection refused\n" });
    const silent = await shell.exec(
      requestCommand({ protocol: "tcp", address: "127.0.0.1", port: silentPort }, { bytes: 0, timeout: 1 }),
    );
    expect(silent).toMatchObject({ stdout: "", signal: "SIGALRM", ended: null });
  });
});
