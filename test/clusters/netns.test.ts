import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BareCluster } from "../../clusters/cluster.ts";
import { netns } from "../../clusters/netns/netns.ts";
import { toolPath } from "../../core/tools/find.ts";
import { run } from "../../core/shell.ts";

const SPEC = { nodes: 2, underlayMtu: 1400, toolPath: toolPath() };

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
