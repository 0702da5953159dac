/** Every plugin with all address families that it claims, on both paths; prints combinations that this kernel lacks. */
import { isIPv6 } from "node:net";
import { describe, expect, test } from "vitest";
import { netns } from "../../../../clusters/netns/netns.ts";
import { probeKernel } from "../../../../engine/preflight/kernel-probe.ts";
import { cannotDeploy } from "../../../../engine/plan/skips.ts";
import { plugins } from "../../../../plugins/index.ts";
import type { Plugin } from "../../../../plugins/plugin.ts";
import { TEST_SPEC, withDeployment } from "../with-deployment.ts";
import { createHost } from "../../../../core/local.ts";

const host = createHost();

/** Without plugins whose binaries only their own project publishes: flannel has its own end-to-end test. */
const all = Object.values(plugins).filter(({ bare }: Plugin) => bare?.downloadUrls === undefined);
const traits = {
  name: "netns",
  api: "bare",
  missingFeatures: await probeKernel(host, netns, TEST_SPEC, { plugins: all, families: ["dual"] }),
} as const;
const combinations = all.flatMap((plugin) =>
  (plugin.bare?.families ?? []).map((family) => ({ name: plugin.name, plugin, family })),
);
const [possible, impossible] = [true, false].map((can) =>
  combinations.filter(({ plugin, family }) => (cannotDeploy(plugin, family, traits) === undefined) === can),
);
for (const { plugin, family } of impossible ?? [])
  console.error(`not tested: ${plugin.name} ${family}: ${cannotDeploy(plugin, family, traits)}`);

// At the same time, because they mostly wait for duplicate address detection.
describe.concurrent.each(possible ?? [])("$name with $family", ({ plugin, family }) => {
  test("pods on one node and on two nodes reach each other at exactly the addresses of the family", async () => {
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
        const shown = await endpoint.shell.exec(["ip", "-br", "addr", "show", "eth0", "scope", "global"]);
        expect(
          shown.stdout
            .trim()
            .split(/\s+/)
            .slice(2)
            .map((cidr) => cidr.split("/")[0]),
        ).toEqual(addresses);
      }
    });
  });
});
