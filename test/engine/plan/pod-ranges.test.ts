/** Pod ranges of nodes: numbering, disjointness and reachability. */
import { expect, test } from "vitest";
import { podRangeOf } from "../../../engine/plan/pod-ranges.ts";
import { deployPlugin } from "../../../engine/deploy/deploy.ts";
import { netns } from "../../../clusters/netns/netns.ts";
import { plugins } from "../../../plugins/index.ts";
import { assetsOf, TEST_SPEC } from "../deploy/with-deployment.ts";

const CLUSTER = "10.244.0.0/16";

test("the third byte of a /24 is the index of its node", () => {
  expect(podRangeOf(CLUSTER, 1, 24)).toBe("10.244.1.0/24");
  expect(podRangeOf(CLUSTER, 16, 24)).toBe("10.244.16.0/24");
});

test.each([20, 21, 22, 23, 24])("sixteen nodes have disjoint /%i ranges", (prefix) => {
  const ranges = Array.from({ length: 16 }, (_, i) => podRangeOf(CLUSTER, i + 1, prefix));
  const blocks = ranges.flatMap((range) => {
    const third = Number(range.split(".")[2]);
    return Array.from({ length: 2 ** (24 - prefix) }, (_, i) => third + i);
  });
  expect(ranges.every((range) => range.startsWith("10.244.") && range.endsWith(`.0/${prefix}`))).toBe(true);
  expect(Math.max(...blocks)).toBeLessThan(256);
  expect(new Set(blocks).size).toBe(blocks.length);
});

test("pods in larger ranges reach the pods of the other node", async () => {
  const signal = new AbortController().signal;
  const cluster = await netns.create(TEST_SPEC, signal);
  try {
    const deployment = await deployPlugin(assetsOf(plugins.ptp), cluster, { family: "ipv4", podRange: 20, signal });
    const { client, server } = await deployment.connectPair("cross-node");
    expect([client.ip, server.ip]).toEqual(["10.244.16.2", "10.244.32.2"]);
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
});
