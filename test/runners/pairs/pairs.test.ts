/** The runner `pairs` on a fake deployment. test/e2e/kubernetes runs it on a real cluster. */
import { expect, test } from "vitest";
import { pairs, pairTable, valuesOf } from "../../../runners/pairs/pairs.ts";
import { fakeDeployment } from "../fake-deployment.ts";

const PING = "64 bytes from 10.0.0.1: icmp_seq=1 ttl=62 time=0.200 ms\n1 packets transmitted, 1 received\n";
const LOAD = JSON.stringify({
  intervals: [{}],
  end: { sum_received: { bits_per_second: 2e9 }, sum_sent: { retransmits: 0 } },
});
const PARAMS = { pairs: 4, rounds: 2, sample: 1, omit: 1 };

function contextOf(answer: (argv: readonly string[]) => string, log: string[] = []) {
  const roles: string[] = [];
  const deployment = fakeDeployment(answer, log);
  return {
    roles,
    context: {
      deployment,
      duration: 1,
      params: PARAMS,
      signal: new AbortController().signal,
      keep: (role: string) => void roles.push(role),
    },
  };
}

test("every pair runs ping, warm-up and load in every round, and its values are stored individually", async () => {
  const log: string[] = [];
  const { roles, context } = contextOf(([program]) => (program === "ping" ? PING : LOAD), log);
  const { values, pairs: table, warnings } = await pairs.run(context);
  expect(values).toEqual({
    "pairs-throughput": 8e9,
    "pair-throughput-p50": 2e9,
    "pair-throughput-min": 2e9,
    "pair-latency-p50": 0.0002,
    "pair-latency-max": 0.0002,
  });
  expect(table).toMatchObject({ nodes: ["n1", "n2"], omitted: 0 });
  expect(table?.pairs).toHaveLength(8);
  expect(["ping", "warm-up", "client"].map((role) => roles.filter((one) => one === role).length)).toEqual([8, 8, 8]);
  expect(warnings).toEqual([]);
  expect(log).toEqual(["created p-pairs", "removed p-pairs"]);
});

test("waits for all pairs, then reports failed pairs by node number, and removes the namespace", async () => {
  const log: string[] = [];
  const { roles, context } = contextOf(
    ([program]) => (program === "ping" ? PING : JSON.stringify({ error: "unable to connect to server" })),
    log,
  );
  await expect(pairs.run(context)).rejects.toThrow(
    /^4 of 4 pairs failed: node [12] to node [12]: iperf3 on pod failed: unable to connect to server; node /,
  );
  expect(roles.filter((role) => role === "warm-up")).toHaveLength(4);
  expect(log).toEqual(["created p-pairs", "removed p-pairs"]);
});

test.each([
  ["throughput", PING, LOAD.replace("2000000000", "1e20"), "impossible throughput of 100000000000000000000 bit/s"],
  ["latency", PING.replace("0.200", "2147480"), LOAD, "impossible latency-p50 of 2147.48 s"],
])("an impossible %s of one pair fails the repetition", async (_, ping, load, message) => {
  const { context } = contextOf(([program]) => (program === "ping" ? ping : load));
  await expect(pairs.run(context)).rejects.toThrow(message);
});

test("the total is the mean of the rounds, the other values are over all pairs", () => {
  const pair = (throughput: number, latency: number) => ({ client: 0, server: 1, throughput, latency });
  expect(
    valuesOf([
      [pair(1, 5), pair(2, 1)],
      [pair(3, 2), pair(6, 9)],
    ]),
  ).toEqual({
    "pairs-throughput": 6,
    "pair-throughput-p50": 2.5,
    "pair-throughput-min": 1,
    "pair-latency-p50": 3.5,
    "pair-latency-max": 9,
  });
});

test("stores the slowest of many pairs and counts the others", () => {
  const many = Array.from({ length: 1500 }, (_, i) => ({
    client: i % 40,
    server: (i + 1) % 40,
    throughput: 1500 - i,
    latency: 1,
  }));
  const table = pairTable(
    Array.from({ length: 60 }, (_, i) => `n${i}`),
    many,
  );
  expect(table.nodes).toHaveLength(40);
  expect([table.pairs.length, table.omitted, table.pairs[0]?.throughput, table.pairs.at(-1)?.throughput]).toEqual([
    1000, 500, 1, 1000,
  ]);
});
