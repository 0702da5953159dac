/** Two VM nodes, and the features that cnibench requires of nodes. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { BareCluster } from "../../../clusters/cluster.ts";
import { vm } from "../../../clusters/vm/vm.ts";
import { findAssets } from "../../../engine/preflight/assets.ts";
import { deployOnBare } from "../../../engine/deploy/bare/deploy-bare.ts";
import type { PluginDeployment } from "../../../engine/deploy/live-deployment.ts";
import { createHost, localShell } from "../../../core/local.ts";
import type { BareNode } from "../../../core/model.ts";
import { run } from "../../../core/shell.ts";
import { plugins } from "../../../plugins/index.ts";
import type { Plugin } from "../../../plugins/plugin.ts";
import { temporaryDirOfFile } from "../../helpers/cnibench.ts";
import { buildFlannel } from "../../helpers/flannel.ts";
import { skipReason } from "./prerequisites.ts";

const host = createHost();

const bin = temporaryDirOfFile();
const flannelTest = test.skipIf(skipReason !== null || (await buildFlannel(bin)) !== null);

describe.skipIf(skipReason !== null)("two nodes", () => {
  let cluster: BareCluster;
  let first: BareNode;
  let second: BareNode;
  beforeAll(async () => {
    cluster = await vm.create(host, { nodes: 2, underlayMtu: 1400, underlayDelay: 0.02, spareLinks: 1 });
    [first, second] = cluster.nodes as readonly [BareNode, BareNode];
  }, 400_000);
  afterAll(() => cluster?.[Symbol.asyncDispose]());

  const deploy = (plugin: Plugin): Promise<PluginDeployment> => {
    const found = findAssets(host, plugin, "bare", [bin]);
    if ("problems" in found) throw new Error(JSON.stringify(found.problems));
    return deployOnBare(host, found.assets, cluster, { family: "ipv4" });
  };

  test("have separate kernels and names, and the facts show whether they are emulated", async () => {
    const boots = await Promise.all(
      cluster.nodes.map(({ shell }) => run(shell, ["cat", "/proc/sys/kernel/random/boot_id"])),
    );
    expect(new Set([...boots, await run(localShell(), ["cat", "/proc/sys/kernel/random/boot_id"])]).size).toBe(3);
    expect(await run(second.shell, ["hostname"])).toBe("node2\n");
    expect(cluster.facts.isolation).toBe(
      cluster.facts.emulated ? "virtual machines (software emulation)" : "virtual machines (KVM)",
    );
  });

  test("are connected with the chosen MTU and delay, over IPv4 and IPv6", async () => {
    const ping = ["ping", "-n", "-c2", "-w10", "-Mdo"];
    const pinged = await run(first.shell, [...ping, "-s1372", second.ip]);
    expect(pinged).toContain("2 received");
    expect(Number(/min\/avg.* = ([\d.]+)/.exec(pinged)?.[1])).toBeGreaterThan(40); // both directions are delayed
    expect((await first.shell.exec([...ping, "-s1373", second.ip])).exitCode).not.toBe(0);
    expect(await run(first.shell, ["ping", "-n", "-c1", "-w10", second.ip6!])).toContain("1 received");
  });

  test("do not see the interface of the control channel", async () => {
    const links = JSON.parse(await run(first.shell, ["ip", "-j", "link"])) as { ifname: string }[];
    expect(links.map(({ ifname }) => ifname)).toEqual(["lo", "eth0", "net1"]);
    expect(await run(first.shell, ["ip", "route", "show", "default"])).toBe("");
    expect(await run(first.shell, ["ip", "netns"])).toBe("");
  });

  test.each([
    ["ipip", "local", "127.0.0.1"],
    ["wireguard"],
    ["dummy"],
    ["vrf", "table", "5"],
    ["geneve", "id", "5", "remote", "127.0.0.2"],
  ])("can create links of type %s", async (...type) => {
    await run(first.shell, ["ip", "link", "add", "name", "probe", "type", ...type]);
    await run(first.shell, ["ip", "link", "delete", "probe"]);
  });

  test("receive text and files, and each file only once", async () => {
    const source = { file: "/bin/true" };
    await cluster.putFiles(first, [
      { path: "/etc/cni/net.d/a b.conf", mode: 0o600, source: { text: "{}" } },
      { path: "/opt/cni/bin/one", mode: 0o755, source },
      { path: "/opt/cni/bin/two", mode: 0o755, source },
    ]);
    expect(await run(first.shell, ["stat", "-c%a %s", "/etc/cni/net.d/a b.conf"])).toBe("600 2\n");
    for (const name of ["one", "two"]) await run(first.shell, [`/opt/cni/bin/${name}`]);
    expect((await run(first.shell, ["ls", "/var/cache/cnibench"])).trim().split("\n")).toHaveLength(1);
  });

  test("can be entered from the host", async () => {
    expect(await run(localShell(), [...cluster.enterCommand(second), "hostname"])).toMatch(/^node2\r?\n$/);
  });

  describe("with a plugin", () => {
    afterEach(async () => {
      for (const { shell } of cluster.nodes)
        await run(shell, [
          "sh",
          "-c",
          "ip link delete cnitunnel; ip link delete cni0; ip -all netns delete; rm -rf /var/lib/cni/*",
        ]);
    });

    test.each(["bridge-ipip", "bridge-wireguard"] as const)(
      "%s: pods reach each other through the tunnel",
      async (name) => {
        const deployment = await deploy(plugins[name]);
        const { client } = await deployment.connectPair("cross-node");
        expect(client.mtu).toBe(1400 - (name === "bridge-ipip" ? 20 : 80));
        const received = Number(await run(second.shell, ["cat", "/sys/class/net/cnitunnel/statistics/rx_packets"]));
        expect(received).toBeGreaterThan(0);
      },
    );

    flannelTest("flannel: the daemons run on the nodes, and pods reach each other through VXLAN", async () => {
      const deployment = await deploy(plugins.flannel);
      const { client } = await deployment.connectPair("cross-node");
      expect(client.mtu).toBe(1350);
      const running = await deployment.daemons.processes(cluster.nodes);
      expect(running.map(({ pids }) => pids.length)).toEqual([2, 1]); // etcd and flanneld, flanneld
      expect(deployment.daemons.failure()).toBeNull();
      await deployment.daemons.stop();
    });
  });
});
