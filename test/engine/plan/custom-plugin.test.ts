/** A plugin from a configuration of the user. */
import { expect, test } from "vitest";
import { parseNetworkConfig } from "../../../cni/conf.ts";
import { parseCustomPlugin } from "../../../engine/plan/custom-plugin.ts";
import type { RecipeContext } from "../../../plugins/plugin.ts";

const CONTEXT: RecipeContext = {
  family: "dual",
  clusterCidr: "10.244.0.0/16",
  nodeCidr: "10.244.7.0/24",
  clusterCidr6: "fd00:10:244::/48",
  nodeCidr6: "fd00:10:244:7::/64",
  underlayMtu: 1400,
  device: "eth0",
};

test("the configuration gets the values of its node and keeps the templates of other programs", () => {
  const text = JSON.stringify({
    cniVersion: "1.0.0",
    name: "mine",
    plugins: [
      {
        type: "x",
        mtu: "{{mtu}}",
        a: "{{nodeSubnet}} {{nodeGateway}} {{clusterCidr}}",
        b: "{{nodeSubnet6}} {{clusterCidr6}}",
        c: "{{.Name}}",
      },
    ],
  });
  const [plugin] = parseNetworkConfig(
    parseCustomPlugin(text, "mine.conflist").plugin.bare.config(CONTEXT),
    "mine",
  ).plugins;
  expect(plugin?.raw).toMatchObject({
    mtu: "1400",
    a: "10.244.7.0/24 10.244.7.1 10.244.0.0/16",
    b: "fd00:10:244:7::/64 fd00:10:244::/48",
    c: "{{.Name}}",
  });
});
