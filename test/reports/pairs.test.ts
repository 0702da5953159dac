/** Node pairs in a report: medians over the blocks, readable maps and node names. */
import { expect, test } from "vitest";
import { heatChart } from "../../reports/heat-chart.ts";
import { pairSections } from "../../reports/html/pairs-section.ts";
import { pairMatrices, type PairMatrix } from "../../reports/pair-matrix.ts";
import { redactRecord } from "../../results/redact.ts";
import type { PairTable, Repetition } from "../../results/record.ts";
import { validator } from "../../results/run-schema.ts";
import { sampleRun } from "../helpers/sample-run.ts";

const { run, records } = sampleRun({ blocks: 3 });
const CELL = "quick/tcp-1/bridge/netns/cross-node/throughput";

/** Returns the first record of a block with the given pairs. */
function withPairs(
  block: number,
  nodes: readonly string[],
  ...pairs: readonly PairTable["pairs"][number][]
): Repetition {
  const record = records.find(
    (one): one is Repetition => one.kind === "repetition" && one.cell === CELL && one.block === block,
  );
  if (record === undefined) throw new Error("record not found in the sample run");
  return { ...record, pairs: { nodes, pairs, omitted: 0 } };
}

const pair = (client: number, server: number, throughput: number): PairTable["pairs"][number] => ({
  client,
  server,
  throughput,
  latency: 1e-4,
});

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

test("a pair has the median of its blocks, and long node names lose their common prefix", () => {
  const names = (run: string): string[] =>
    ["control-plane", "worker", "worker2"].map((name) => `cnibench-2026-${run}-${name}`);
  const stored = [
    withPairs(1, names("a1"), pair(0, 1, 10), pair(0, 1, 20)),
    withPairs(2, names("b2"), pair(0, 1, 1), pair(2, 0, 3)),
    withPairs(3, names("c3"), pair(0, 1, 30)),
  ];
  const [found] = pairMatrices(run, stored).get("quick / tcp-1") ?? [];
  expect(found).toEqual({
    plugin: "bridge",
    nodes: ["control-plane", "worker", "worker2"],
    pairs: [
      { client: 2, server: 0, throughput: 3, latency: 1e-4, blocks: 1 },
      { client: 0, server: 1, throughput: 15, latency: 1e-4, blocks: 3 },
    ],
    omitted: 0,
  });
});

test("nodes whose names differ between deployments are numbered", () => {
  const [found] =
    pairMatrices(run, [withPairs(1, ["a", "b"], pair(0, 1, 1)), withPairs(2, ["a", "c"], pair(0, 1, 1))]).get(
      "quick / tcp-1",
    ) ?? [];
  expect(found?.nodes).toEqual(["a", "node 2"]);
});

test("a table lists the ten slowest pairs with escaped node names", async () => {
  const nodes = Array.from({ length: 5 }, (_, i) => `<b>${i}`);
  const all = nodes.flatMap((_, i) => nodes.flatMap((__, j) => (i === j ? [] : [pair(i, j, 1e9 + i * 10 + j)])));
  const section = (await pairSections({ run, records: [withPairs(1, nodes, ...all)] })).get("quick / tcp-1");
  expect(section?.text).toContain("bridge: slowest of 20 pairs");
  expect(section?.text.match(/<tr>\s*<td>/g)).toHaveLength(10);
  expect(section?.text).toMatch(/<td>&#60;b&#62;0<\/td>\s*<td>&#60;b&#62;1<\/td>/);
  expect(section?.text).not.toContain("<b>");
});

test("a small map shows its values as numbers, and in a large map several nodes share a row", async () => {
  const few = await heatChart("Gbit/s", 1e9, [matrix("a", 3, 2), matrix("b", 3, 2)]);
  expect(few.nodesPerRow).toBe(1);
  // Two maps of six pairs; the legend may contain the value too.
  expect(few.svg.match(/>1\.00</g)?.length).toBeGreaterThanOrEqual(12);
  const many = await heatChart("Gbit/s", 1e9, [matrix("a", 1000, 3)]);
  expect(many.nodesPerRow).toBe(25);
  expect(many.svg).toContain("node-0975 +24");
  const [, width = "", height = ""] = /width="(\d+)" height="(\d+)"/.exec(many.svg) ?? [];
  expect([Number(width) < 1000, Number(height) < 1000]).toEqual([true, true]);
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
  const { svg } = await heatChart("Gbit/s", 1e9, [matrix("a", 3, 2, name)]);
  const texts = [...svg.matchAll(/<text[^>]*>([^<]+)<\/text>/g)].map(([, text]) => text);
  // Once as client and once as server.
  for (const i of [0, 1, 2]) expect(texts.filter((text) => text === label(i))).toHaveLength(2);
  expect(svg.match(/>1\.00</g)?.length).toBeGreaterThanOrEqual(6);
});

test("stored pairs match the schema, and redaction replaces the node names", () => {
  const record = withPairs(1, ["alpha", "beta"], pair(0, 1, 5));
  expect(validator("result")(record)).toBeNull();
  const redacted = redactRecord(record, (text) => text) as Repetition;
  expect(redacted.pairs?.nodes).toEqual(["node-1", "node-2"]);
  expect(validator("result")({ ...record, pairs: { nodes: [], pairs: [{ client: -1 }], omitted: 0 } })).not.toBeNull();
});
