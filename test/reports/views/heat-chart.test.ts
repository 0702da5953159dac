/** The map of the node pairs, as SVG. */
import { expect, test } from "vitest";
import { heatChart, nodesPerRow } from "../../../reports/views/heat-chart.ts";
import type { PairMatrix } from "../../../reports/pair-matrix.ts";

/** @param each number of pairs per node */
function matrix(
  plugin: string,
  nodes: number,
  each: number,
  name = (i: number): string => `node-${String(i).padStart(4, "0")}`,
): PairMatrix {
  const pairs = Array.from({ length: nodes * each }, (_, i) => ({
    client: i % nodes,
    server: ((i % nodes) + 1 + Math.floor(i / nodes)) % nodes,
    throughput: 1e9 + i,
    latency: 1e-4,
    blocks: 1,
  }));
  return { plugin, nodes: Array.from({ length: nodes }, (_, i) => name(i)), pairs, omitted: 0 };
}

test("a small map shows its values as numbers, and in a large map several nodes share a row", async () => {
  const few = await heatChart("Gbit/s", 1e9, [matrix("a", 3, 2), matrix("b", 3, 2)]);
  expect(nodesPerRow([matrix("a", 3, 2)])).toBe(1);
  // Two maps of six pairs; the legend may contain the value too.
  expect(few.match(/>1\.00</g)?.length).toBeGreaterThanOrEqual(12);
  const many = await heatChart("Gbit/s", 1e9, [matrix("a", 1000, 3)]);
  expect(nodesPerRow([matrix("a", 1000, 3)])).toBe(25);
  expect(many).toContain("node-0975 +24");
  expect(Number(/height="(\d+)"/.exec(many)?.[1])).toBeLessThan(1000);
});

test.each([
  [
    "keep both ends",
    (i: number) => `aks-nodepool1-12345678-vmss00000${i}`,
    (i: number) => `aks-nodepool…-vmss00000${i}`,
  ],
  [
    "get the number of the node if they are ambiguous",
    (i: number) => `worker-of-a-rack-${i}-in-the-cluster`,
    (i: number) => `worker-of-a-…the-cluster (${i + 1})`,
  ],
])("long names in a map %s", async (_, name, label) => {
  const svg = await heatChart("Gbit/s", 1e9, [matrix("a", 3, 2, name)]);
  const texts = [...svg.matchAll(/<text[^>]*>([^<]+)<\/text>/g)].map(([, text]) => text);
  // Once as client and once as server.
  for (const i of [0, 1, 2]) expect(texts.filter((text) => text === label(i))).toHaveLength(2);
  expect(svg.match(/>1\.00</g)?.length).toBeGreaterThanOrEqual(6);
});
