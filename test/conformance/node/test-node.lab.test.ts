import { afterAll, beforeAll, expect, test } from "vitest";
import type { BareCluster } from "../../../clusters/cluster.ts";
import { netns } from "../../../clusters/netns/netns.ts";
import { createTestNode, STATE_DIRS, UPLINK_SCRIPT, type TestNode } from "../../../conformance/node/test-node.ts";
import { readWrittenFiles } from "../../../conformance/node/written-files.ts";
import { containerIdOf } from "../../../core/container-id.ts";
import { createHost } from "../../../core/local.ts";
import { run, type Shell } from "../../../core/shell.ts";

let cluster: BareCluster;
beforeAll(async () => {
  cluster = await netns.create(createHost(), { nodes: 1, underlayMtu: 1500 });
});
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

/** Runs `use` on two test nodes of one node. */
async function onTwoTestNodes(use: (first: TestNode, second: TestNode, node: Shell) => Promise<void>): Promise<void> {
  const node = cluster.nodes[0]!.shell;
  const nodes = await Promise.all([createTestNode(node), createTestNode(node)]);
  try {
    await use(...nodes, node);
  } finally {
    await Promise.all(nodes.map((one) => one.remove()));
  }
}

test("each test node has its own directories for files of plugins", async () => {
  await onTwoTestNodes(async (first, second, node) => {
    for (const dir of [
      "/run",
      "/tmp",
      "/var/tmp",
      "/etc",
      "/etc/cni",
      "/opt",
      "/opt/cni/bin",
      "/var/lib/cni",
      ...STATE_DIRS,
    ]) {
      await run(first.shell, ["mkdir", `${dir}/mark`]);
      for (const shell of [second.shell, node])
        expect((await shell.exec(["test", "-e", `${dir}/mark`])).exitCode, dir).toBe(1);
    }
  });
});

test("lines to reproduce a failure create the same uplink", async () => {
  const state = `ip -j addr; ip -j route; ip -j rule; for i in lo eth0; do ip -n outside -j addr show $i; done
    ip -n outside -j route; cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/*/{forwarding,accept_dad}`;
  const script = `mount -t tmpfs t /run && mkdir /run/netns && ${UPLINK_SCRIPT}\n${state}`;
  await onTwoTestNodes(async ({ shell }, _, node) => {
    const states = await Promise.all([
      run(node, ["unshare", "--net", "--mount", "bash", "-ec", script]),
      run(shell, ["bash", "-ec", state]),
    ]);
    const [reproduced, created] = states.map((text) =>
      // MAC addresses differ, and so does the time until duplicate addresses were sought outside.
      text.replace(/([0-9a-f]{2}:){5}[0-9a-f]{2}|fe80::[0-9a-f:]+|"tentative":true,/g, ""),
    );
    expect(created).toContain("198.18.0.2");
    expect(created).toBe(reproduced);
  });
});

test("a script that writes to these directories cannot disturb itself on another test node", async () => {
  const prepare = "cp /bin/sleep /opt/agent; cp /bin/sleep /etc/agent; /opt/agent 60 & /etc/agent 60 &";
  const node = cluster.nodes[0]!.shell;
  const nodes = [await createTestNode(node, { prepare }), await createTestNode(node, { prepare })];
  await Promise.all(nodes.map((one) => one.remove()));
});

test("a script that disturbs itself is reported with the key of the profile for it", async () => {
  const prepare = "cp /bin/sleep /dev/shm/agent";
  await expect(createTestNode(cluster.nodes[0]!.shell, { prepare })).rejects.toThrow(
    /the prepare script: .*\/dev\/shm.*"setup" in the profile/,
  );
});

test("written files are those below /etc and /opt, and the entries of directories for temporary files", async () => {
  const node = cluster.nodes[0]!.shell;
  await run(node, ["sh", "-ec", "mkdir -p /etc/agent; : >/etc/agent/old; : >/etc/agent/removed; : >/etc/agent/kept"]);
  await onTwoTestNodes(async ({ shell }) => {
    expect(await readWrittenFiles(shell)).toEqual([]);
    const before = Date.now() / 1000 - 0.02;
    await run(shell, [
      "sh",
      "-ec",
      "echo x >/etc/agent/old; rm /etc/agent/removed; cat /etc/agent/kept; mkdir /opt/dir",
    ]);
    await run(shell, ["sh", "-ec", ": >/opt/cni/bin/new; mkdir -p /tmp/a/b; : >/tmp/a/b/c; : >/var/tmp/d; : >/run/e"]);
    await run(shell, ["sh", "-ec", ": >/tmp/.cnibench-own; mkdir /tmp/.cnibench; : >/tmp/.cnibench/f; : >/var/lib/g"]);
    const files = await readWrittenFiles(shell);
    expect(files.map(({ path }) => path).sort()).toEqual([
      ...["/etc/agent/old", "/etc/agent/removed", "/opt/cni/bin/new", "/tmp/a", "/var/tmp/d"],
    ]);
    for (const { time } of files) expect(time).toBeGreaterThan(before);
  });
});

test("files of daemons of the node remain visible, except its attachments", async () => {
  const node = cluster.nodes[0]!.shell;
  await run(node, ["sh", "-ec", "mkdir /var/lib/agent /var/lib/cni/networks; echo n1 >/var/lib/agent/nodename"]);
  await onTwoTestNodes(async ({ shell }) => {
    expect(await run(shell, ["cat", "/var/lib/agent/nodename"])).toBe("n1\n");
    expect(await run(shell, ["ls", "/var/lib/cni"])).toBe("");
  });
});

test("a container has the ID of its name, or the given one", async () => {
  await onTwoTestNodes(async (first) => {
    expect(await first.createContainer("up")).toMatchObject({ name: "cnibench-1", id: containerIdOf("cnibench-1") });
    expect(await first.createContainer("up", { id: "x" })).toMatchObject({ netns: "/run/netns/cnibench-2", id: "x" });
  });
});

test("a plugin that leaves a process is noticed, unless the process ends soon", async () => {
  await onTwoTestNodes(async ({ pluginShell }) => {
    const leftoverOf = async (script: string): Promise<string | undefined> =>
      (await pluginShell.exec(["sh", "-c", script])).leftover;
    expect(await leftoverOf("sleep 0.05 >/dev/null 2>&1 &")).toBeUndefined();
    expect(await leftoverOf("sleep 30 >/dev/null 2>&1 &")).toBe("process");
    expect(await leftoverOf("setsid sleep 30 &")).toBe("pipe");
  });
});

test("a container is a namespace of its own, whether it is created with the node or later", async () => {
  const node = await createTestNode(cluster.nodes[0]!.shell, {}, "up");
  try {
    expect(node.isUnused()).toBe(true);
    expect(await run(node.shell, ["ls", "/run/netns"])).toBe("cnibench-1\noutside\n");
    expect(node.isUnused()).toBe(false);
    const state = "readlink /proc/self/ns/net; cat /proc/sys/net/ipv6/conf/*/accept_dad; ip -br address show lo";
    const inodes = [await run(node.shell, ["readlink", "/proc/self/ns/net"])];
    for (const [loopback, addresses] of [
      ["up", /^lo +UNKNOWN +127.0.0.1\/8 ::1\/128 *$/],
      ["down", /^lo +DOWN *$/],
      ["up", /^lo +UNKNOWN +127.0.0.1\/8 ::1\/128 *$/],
    ] as const) {
      const { shell } = await node.createContainer(loopback);
      const [inode = "", all, standard, lo, link] = (await run(shell, ["sh", "-c", state])).split("\n");
      inodes.push(inode);
      expect([all, standard, lo]).toEqual(["0", "0", expect.any(String)]);
      expect(link).toMatch(addresses);
    }
    expect(new Set(inodes.map((inode) => inode.trim())).size).toBe(4);
    expect(await run(node.shell, ["ls", "/run/netns"])).toBe("cnibench-1\ncnibench-2\ncnibench-3\noutside\n");
  } finally {
    await node.remove();
  }
});

test("the steps of a container create it again", async () => {
  await onTwoTestNodes(async (first, second) => {
    await first.createContainer("up");
    for (const { argv } of first.steps) await run(second.shell, argv);
    expect(await run(second.shell, ["ip", "-n", "cnibench-1", "-br", "link", "show", "lo"])).toMatch(/^lo +UNKNOWN/);
  });
});
