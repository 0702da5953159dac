/** Every plugin, with every family of addresses that it claims, on both paths; what this kernel lacks is said. */
import { isIPv6 } from "node:net";
import { describe, expect, test } from "vitest";
import type { ClusterKind } from "../../clusters/cluster.ts";
import { netns } from "../../clusters/netns/netns.ts";
import { wrapShell } from "../../core/wrap.ts";
import { probeKernel } from "../../engine/kernel-probe.ts";
import { cannotDeploy } from "../../engine/skips.ts";
import { plugins } from "../../plugins/index.ts";
import type { Plugin } from "../../plugins/plugin.ts";
import { TEST_SPEC, withDeployment } from "./with-deployment.ts";

/** Without those whose programs nothing but their projects has: flannel has an end-to-end test of its own. */
const all = Object.values(plugins).filter(({ bare }: Plugin) => bare?.downloadUrls === undefined);
const { signal } = new AbortController();
const traits = {
  name: "netns",
  api: "bare",
  missingFeatures: await probeKernel(netns, TEST_SPEC, all, ["dual"], signal),
} as const;
const combinations = all.flatMap((plugin) =>
  (plugin.bare?.families ?? []).map((family) => ({ name: plugin.name, plugin, family })),
);
const [possible, impossible] = [true, false].map((can) =>
  combinations.filter(({ plugin, family }) => (cannotDeploy(plugin, family, traits) === undefined) === can),
);
for (const { plugin, family } of impossible ?? [])
  console.error(`not tried: ${plugin.name} ${family}: ${cannotDeploy(plugin, family, traits)}`);

describe.each(possible ?? [])("$name with $family", ({ plugin, family }) => {
  test("pods of a node and of two nodes reach each other at exactly the addresses of the family", async () => {
    await withDeployment(plugin, family, async (deployment) => {
      for (const path of ["same-node", "cross-node"] as const) {
        const { client, server } = await deployment.connectPair(path);
        expect(isIPv6(client.ip)).toBe(family === "ipv6");
        expect(isIPv6(server.ip)).toBe(family === "ipv6");
      }
      for (const { addresses, endpoint } of await deployment.pods()) {
        expect(addresses.map((ip) => (isIPv6(ip) ? "ipv6" : "ipv4"))).toEqual(
          family === "dual" ? ["ipv4", "ipv6"] : [family],
        );
        const seen = await endpoint.shell.exec(["ip", "-br", "addr", "show", "eth0", "scope", "global"]);
        expect(
          seen.stdout
            .trim()
            .split(/\s+/)
            .slice(2)
            .map((cidr) => cidr.split("/")[0]),
        ).toEqual(addresses);
      }
    });
  });
});

test("a link type that the node refuses is lacking, and nothing is made where there is nothing to find out", async () => {
  let clusters = 0;
  const refusing: ClusterKind = {
    ...netns,
    create: async (spec, signal) => {
      clusters++;
      const cluster = await netns.create(spec, signal);
      return {
        ...cluster,
        nodes: cluster.nodes.map((node) => ({
          ...node,
          ip6: null,
          shell: wrapShell(node.shell, node.name, ["false"]),
        })),
      };
    },
  };
  expect(await probeKernel(refusing, TEST_SPEC, [plugins.bridge, plugins.simplecni], ["ipv4"], signal)).toEqual(
    new Set(),
  );
  expect(clusters).toBe(0);
  expect(await probeKernel(refusing, TEST_SPEC, [plugins.macvlan], ["ipv4", "dual"], signal)).toEqual(
    new Set(["IPv6", "macvlan"]),
  );
});

test("an interrupt ends the looking", async () => {
  const reason = new Error("interrupted");
  await expect(probeKernel(netns, TEST_SPEC, [plugins.macvlan], ["ipv4"], AbortSignal.abort(reason))).rejects.toBe(
    reason,
  );
});
