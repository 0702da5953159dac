import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BareCluster } from "../../../clusters/cluster.ts";
import { netns } from "../../../clusters/netns/netns.ts";
import { EnvironmentError } from "../../../core/errors.ts";
import { createHost, localShell } from "../../../core/local.ts";
import { run } from "../../../core/shell.ts";

const host = createHost();

const SPEC = { nodes: 2, underlayMtu: 1400 };

describe("a lab of two nodes", () => {
  let cluster: BareCluster;
  beforeAll(async () => {
    cluster = await netns.create(host, SPEC);
  });
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
  });

  test("nodes reach each other over an underlay with the requested MTU", async () => {
    const [first, second] = cluster.nodes;
    const ping = ["ping", "-c1", "-w2", "-Mdo", second!.ip];
    expect(await run(first!.shell, [...ping, "-s1372"])).toContain("1 received");
    const tooBig = await first!.shell.exec([...ping, "-s1373"]);
    expect(tooBig.exitCode).not.toBe(0);
    expect(await run(first!.shell, ["cat", "/sys/class/net/eth0/mtu"])).toBe("1400\n");
  });

  test.each([
    ...["/run", "/run/lock", "/tmp", "/etc", "/etc/cni/net.d", "/opt", "/opt/cni/bin", "/srv", "/var"],
    ...["/var/cache", "/var/lib", "/var/lib/cni", "/var/lock", "/var/log", "/var/run", "/var/spool", "/var/tmp"],
  ])("each node has its own writable %s", async (dir) => {
    const [first, second] = cluster.nodes;
    await run(first!.shell, ["mkdir", `${dir}/cnibench-mark`]);
    for (const shell of [second!.shell, localShell()])
      expect((await shell.exec(["test", "-e", `${dir}/cnibench-mark`])).exitCode).toBe(1);
    await run(first!.shell, ["rmdir", `${dir}/cnibench-mark`]);
  });

  test("each node has its own host name, and the configuration of the host", async () => {
    const [first, second] = cluster.nodes;
    expect(await run(first!.shell, ["cat", "/etc/passwd"])).toBe(await run(localShell(), ["cat", "/etc/passwd"]));
    expect(await run(second!.shell, ["hostname"])).toBe("node2\n");
  });

  test("the host's files are read-only", async () => {
    const shell = cluster.nodes[0]!.shell;
    for (const path of ["/usr/mark", "/etc/passwd", "/mark", "/.host/tmp/mark", "/dev/mark", "/.host/var/lib/mark"]) {
      const output = await shell.exec(["touch", path]);
      // Without root, the kernel refuses to write to root's files before it looks at the mount.
      expect(output.stderr).toMatch(path === "/etc/passwd" ? /Read-only|Permission denied/ : /Read-only file system/);
    }
    expect((await shell.exec(["head", "-c1", "/.host/dev/null"])).stderr).toMatch(/Permission denied/);
  });

  test("putFiles writes text and copies files with the given mode", async () => {
    const node = cluster.nodes[0]!;
    await cluster.putFiles(node, [
      { path: "/etc/cni/net.d/a b.conf", mode: 0o600, source: { text: "{}" } },
      { path: "/opt/cni/bin/tool", mode: 0o755, source: { file: import.meta.filename } },
    ]);
    expect(await run(node.shell, ["stat", "-c%a %s", "/etc/cni/net.d/a b.conf"])).toBe("600 2\n");
    expect(await run(node.shell, ["head", "-c6", "/opt/cni/bin/tool"])).toBe("import");
  });

  test("a sandbox is a network namespace with loopback up, and can be removed", async () => {
    const sandbox = await cluster.createSandbox(cluster.nodes[0]!, "pod1");
    expect(await run(sandbox.shell, ["ip", "-br", "link"])).toMatch(/^lo +UNKNOWN/);
    await sandbox.remove();
    expect((await sandbox.shell.exec(["true"])).exitCode).not.toBe(0);
  });
});

test("disposing a lab ends its processes", async () => {
  const cluster = await netns.create(host, SPEC);
  const sleeper = cluster.nodes[0]!.shell.start(["setsid", "sleep", "1000"]);
  await cluster[Symbol.asyncDispose]();
  expect((await sleeper.done).startError).toMatch(/agent of node1 has ended/);
});

test.each([1, 3, 16])(
  "%i nodes have unique addresses, and the first reaches the last over IPv4 and IPv6",
  async (nodes) => {
    const cluster = await netns.create(host, { ...SPEC, nodes });
    try {
      expect(cluster.nodes.map(({ name }) => name)).toEqual(Array.from({ length: nodes }, (_, i) => `node${i + 1}`));
      expect(
        new Set(cluster.nodes.flatMap(({ ip, ip6, podCidr, podCidr6 }) => [ip, ip6, podCidr, podCidr6])).size,
      ).toBe(4 * nodes);
      const [first, last] = [cluster.nodes[0]!, cluster.nodes.at(-1)!];
      for (const ip of [last.ip, last.ip6!])
        expect(await run(first.shell, ["ping", "-c1", "-w2", ip])).toContain("1 received");
    } finally {
      await cluster[Symbol.asyncDispose]();
    }
  },
);

test("underlayRate limits the throughput of the underlay", async () => {
  const cluster = await netns.create(host, { ...SPEC, underlayRate: 20e6 });
  try {
    const [first, second] = [cluster.nodes[0]!, cluster.nodes[1]!];
    expect(cluster.facts).toMatchObject({ underlayRate: 20e6, underlayDelay: null });
    const server = second.shell.start(["iperf3", "-s", "-4", "-1"], { stdin: "", timeout: 30 });
    // 0x1451 is the port of iperf3. Wait until it listens: a refused client would exit with code 0.
    await run(second.shell, ["sh", "-c", "until grep -q ':1451 [0-9A-F:]* 0A' /proc/net/tcp; do sleep 0.05; done"], {
      timeout: 20,
    });
    const result = JSON.parse(
      await run(first.shell, ["iperf3", "-c", second.ip, "-J", "-t2", "-O1"], { timeout: 20 }),
    ) as { end: { sum_received: { bits_per_second: number } } };
    await server.done;
    // Headers keep the throughput below the rate; without shaping it would be far above.
    expect(result.end.sum_received.bits_per_second).toBeGreaterThan(10e6);
    expect(result.end.sum_received.bits_per_second).toBeLessThan(21e6);
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
});

test.each([{ underlayDelay: 0.02 }, { underlayLoss: 0.3 }])(
  "%j shapes the underlay, or the error names the missing netem",
  async (shaping) => {
    const cluster = await netns.create(host, { ...SPEC, ...shaping }).catch((error: Error) => error);
    if (cluster instanceof Error) {
      expect(cluster).toBeInstanceOf(EnvironmentError);
      expect(cluster.message).toMatch(
        "underlayDelay" in shaping ? /netem.*--underlay-delay/ : /netem.*--underlay-loss/,
      );
      return;
    }
    const { stdout } = await cluster.nodes[0]!.shell.exec(["ping", "-c100", "-i0.02", "-w10", cluster.nodes[1]!.ip]);
    await cluster[Symbol.asyncDispose]();
    const time = Number(/ = [\d.]+\/([\d.]+)\//.exec(stdout)?.[1]);
    const lost = Number(/([\d.]+)% packet loss/.exec(stdout)?.[1]);
    if ("underlayDelay" in shaping) expect(time).toBeGreaterThan(40);
    else expect(lost).toBeGreaterThan(20); // 51 % on average, because both directions lose packets
  },
);

test("enterCommand enters a node from the host", async () => {
  const cluster = await netns.create(host, SPEC);
  try {
    const [, second] = cluster.nodes;
    const output = await run(localShell(), [
      ...cluster.enterCommand(second!),
      "sh",
      "-c",
      "hostname; ip -4 -o addr show eth0; ls -d /run/netns",
    ]);
    expect(output).toMatch(/^node2\n.* 172\.31\.0\.12\/24 .*\n\/run\/netns\n$/s);
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
});
