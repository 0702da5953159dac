import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BareCluster } from "../../clusters/cluster.ts";
import { netns } from "../../clusters/netns/netns.ts";
import { EnvironmentError } from "../../core/errors.ts";
import { localShell } from "../../core/local.ts";
import { run } from "../../core/shell.ts";

const SPEC = { nodes: 2, underlayMtu: 1400 };

describe("a lab of two nodes", () => {
  let cluster: BareCluster;
  beforeAll(async () => {
    cluster = await netns.create(SPEC, new AbortController().signal);
  });
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
  });

  test("nodes reach each other over an underlay of the chosen MTU", async () => {
    const [first, second] = cluster.nodes;
    const ping = ["ping", "-c1", "-w2", "-Mdo", second!.ip];
    expect(await run(first!.shell, [...ping, "-s1372"])).toContain("1 received");
    const tooBig = await first!.shell.exec([...ping, "-s1373"]);
    expect(tooBig.exitCode).not.toBe(0);
    expect(await run(first!.shell, ["cat", "/sys/class/net/eth0/mtu"])).toBe("1400\n");
  });

  test("each node has its own name, and its own /run, /etc/cni, /opt/cni and /var/lib/cni", async () => {
    const [first, second] = cluster.nodes;
    for (const folder of ["/run", "/etc/cni", "/opt/cni", "/var/lib/cni", "/tmp"]) {
      await run(first!.shell, ["touch", `${folder}/mark`]);
      expect((await second!.shell.exec(["test", "-e", `${folder}/mark`])).exitCode).toBe(1);
    }
    expect(await run(second!.shell, ["hostname"])).toBe("node2\n");
  });

  test("the files of the host are read-only", async () => {
    const shell = cluster.nodes[0]!.shell;
    for (const path of ["/usr/mark", "/etc/mark", "/mark", "/.host/tmp/mark", "/dev/mark", "/var/lib/mark"]) {
      const output = await shell.exec(["touch", path]);
      expect(output.stderr).toMatch(/Read-only file system/);
    }
    expect((await shell.exec(["head", "-c1", "/.host/dev/null"])).stderr).toMatch(/Permission denied/);
  });

  test("a file given as text or as a path arrives with its mode", async () => {
    const node = cluster.nodes[0]!;
    await cluster.putFiles(node, [
      { path: "/etc/cni/net.d/a b.conf", mode: 0o600, source: { text: "{}" } },
      { path: "/opt/cni/bin/tool", mode: 0o755, source: { file: import.meta.filename } },
    ]);
    expect(await run(node.shell, ["stat", "-c%a %s", "/etc/cni/net.d/a b.conf"])).toBe("600 2\n");
    expect(await run(node.shell, ["head", "-c6", "/opt/cni/bin/tool"])).toBe("import");
  });

  test("a sandbox is a network namespace with loopback up, and goes away", async () => {
    const sandbox = await cluster.createSandbox(cluster.nodes[0]!, "pod1");
    expect(await run(sandbox.shell, ["ip", "-br", "link"])).toMatch(/^lo +UNKNOWN/);
    await sandbox.remove();
    expect((await sandbox.shell.exec(["true"])).exitCode).not.toBe(0);
  });
});

test("a lab that is disposed of ends its processes", async () => {
  const cluster = await netns.create(SPEC, new AbortController().signal);
  const sleeper = cluster.nodes[0]!.shell.start(["setsid", "sleep", "1000"]);
  await cluster[Symbol.asyncDispose]();
  expect((await sleeper.done).startError).toMatch(/agent of node1 has ended/);
});

test.each([1, 3, 16])("%i nodes, all of which reach the others with both families", async (nodes) => {
  const cluster = await netns.create({ ...SPEC, nodes }, new AbortController().signal);
  try {
    expect(cluster.nodes.map(({ name }) => name)).toEqual(Array.from({ length: nodes }, (_, i) => `node${i + 1}`));
    expect(new Set(cluster.nodes.flatMap(({ ip, ip6, podCidr, podCidr6 }) => [ip, ip6, podCidr, podCidr6])).size).toBe(
      4 * nodes,
    );
    const [first, last] = [cluster.nodes[0]!, cluster.nodes.at(-1)!];
    for (const ip of [last.ip, last.ip6!])
      expect(await run(first.shell, ["ping", "-c1", "-w2", ip])).toContain("1 received");
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
});

test("an underlay with a rate passes no more than that", async () => {
  const cluster = await netns.create({ ...SPEC, underlayRate: 20e6 }, new AbortController().signal);
  try {
    const [first, second] = [cluster.nodes[0]!, cluster.nodes[1]!];
    expect(cluster.facts).toMatchObject({ underlayRate: 20e6, underlayDelay: null });
    const server = second.shell.start(["iperf3", "-s", "-4", "-1"], { stdin: "", timeout: 30 });
    // 1451 is its port: until it listens a client would be refused, with exit code 0.
    await run(second.shell, ["sh", "-c", "until grep -q ':1451 [0-9A-F:]* 0A' /proc/net/tcp; do sleep 0.05; done"], {
      timeout: 20,
    });
    const result = JSON.parse(
      await run(first.shell, ["iperf3", "-c", second.ip, "-J", "-t2", "-O1"], { timeout: 20 }),
    ) as { end: { sum_received: { bits_per_second: number } } };
    await server.done;
    // Below the rate by the headers; far above it, were it not there.
    expect(result.end.sum_received.bits_per_second).toBeGreaterThan(10e6);
    expect(result.end.sum_received.bits_per_second).toBeLessThan(21e6);
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
});

test.each([{ underlayDelay: 0.02 }, { underlayLoss: 0.3 }])(
  "an underlay with %j: it is, or the kernel has no netem and that is said",
  async (shaping) => {
    const made = await netns
      .create({ ...SPEC, ...shaping }, new AbortController().signal)
      .catch((error: Error) => error);
    if (made instanceof Error) {
      expect(made).toBeInstanceOf(EnvironmentError);
      expect(made.message).toBe(
        `the kernel lacks netem, which --underlay-${"underlayDelay" in shaping ? "delay" : "loss"} needs; leave it out`,
      );
      return;
    }
    const { stdout } = await made.nodes[0]!.shell.exec(["ping", "-c100", "-i0.02", "-w10", made.nodes[1]!.ip]);
    await made[Symbol.asyncDispose]();
    const time = Number(/ = [\d.]+\/([\d.]+)\//.exec(stdout)?.[1]);
    const lost = Number(/([\d.]+)% packet loss/.exec(stdout)?.[1]);
    if ("underlayDelay" in shaping) expect(time).toBeGreaterThan(40);
    else expect(lost).toBeGreaterThan(20); // both ways: 51 % on average
  },
);

test("the command that enters a node works from outside", async () => {
  const cluster = await netns.create(SPEC, new AbortController().signal);
  try {
    const [, second] = cluster.nodes;
    const seen = await run(localShell(), [
      ...cluster.enterCommand(second!),
      "sh",
      "-c",
      "hostname; ip -4 -o addr show eth0; ls -d /run/netns",
    ]);
    expect(seen).toMatch(/^node2\n.* 172\.31\.0\.12\/24 .*\n\/run\/netns\n$/s);
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
});
