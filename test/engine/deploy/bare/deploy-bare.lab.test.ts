/** Larger pod ranges: the pods of two nodes reach each other. */
import { expect, test } from "vitest";
import { deployPlugin } from "../../../../engine/deploy/deploy.ts";
import { netns } from "../../../../clusters/netns/netns.ts";
import { plugins } from "../../../../plugins/index.ts";
import { createHost } from "../../../../core/local.ts";
import { assetsOf, TEST_SPEC } from "../with-deployment.ts";

const host = createHost();

test("pods in larger ranges reach the pods of the other node", async () => {
  const cluster = await netns.create(host, TEST_SPEC);
  try {
    const deployment = await deployPlugin(host, assetsOf(plugins.ptp), cluster, { family: "ipv4", podRange: 20 });
    const { client, server } = await deployment.connectPair("cross-node");
    expect([client.ip, server.ip]).toEqual(["10.244.16.2", "10.244.32.2"]);
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
});
