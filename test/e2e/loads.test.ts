/** Every load, for real: each cell is measured, and its value is found again in what the tool printed. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { MetricName } from "../../core/model.ts";
import type { Repetition, RunFile } from "../../results/record.ts";
import { median } from "../../results/statistics.ts";
import { parseIperf3, type Direction } from "../../runners/iperf3/tcp.ts";
import { parseUdp } from "../../runners/iperf3/udp.ts";
import { loadUsage } from "../../runners/cpu.ts";
import { runners } from "../../runners/index.ts";
import { cpuValues } from "../../runners/load.ts";
import { parseLatency } from "../../runners/netperf/latency.ts";
import { parseStream } from "../../runners/netperf/stream.ts";
import { parseEchoes } from "../../runners/ping/echoes.ts";
import { cnibench, temporaryFolder } from "../helpers/cnibench.ts";

const SUITE = join(import.meta.dirname, "loads.suite.yaml");
const DIRECTIONS: Readonly<Record<string, Direction>> = { "tcp-reverse": "reverse", "tcp-both": "both" };

type Values = Partial<Record<MetricName, number>>;
type Read = (role: string) => string;

/** The values of a repetition as its raw files tell them. */
const TOLD: Readonly<Record<string, (read: Read, scenario: string) => Values>> = {
  iperf3: (read, scenario) => {
    const { throughput, retransmits } = parseIperf3(read("client"), DIRECTIONS[scenario]);
    return { throughput, ...(retransmits === null ? {} : { retransmits }), mtu: answered(read("mtu")) };
  },
  "iperf3-udp": (read) => {
    const { throughput, loss, jitter } = parseUdp(read("client"), 0);
    return { throughput, loss, jitter };
  },
  netperf: (read) => parseLatency(read("client"), "transactions").values,
  "netperf-crr": (read) => parseLatency(read("client"), "connects").values,
  "netperf-stream": (read) => parseStream(read("client")),
  ping: (read) => parseEchoes(read("client")).values,
  "ping-loaded": (read) => ({ ...parseEchoes(read("client")).values, throughput: parseIperf3(read("load")).throughput }),
  lifecycle: (read) => timed(read("times")),
  churn: (read) => {
    const { pods = NaN, seconds = NaN } = timed(read("times")) as Record<string, number>;
    return { "pods-rate": pods / seconds };
  },
  crowd: (read) => timed(read("times")),
};

/** Size of the packet that an answered ping has sent, its headers included. */
function answered(text: string): number {
  return Number(/\((\d+)\) bytes of data/.exec(text)?.[1]);
}

/** The CPU time of a load, from the notes of its window. */
function cpuOf(read: Read, throughput: number | undefined): Values {
  return cpuValues(loadUsage(read("cpu")), throughput ?? null);
}

/** The median of the lines of each name. */
function timed(text: string): Values {
  const lines = text.trim().split("\n").map((line) => line.split(" ") as [string, string]);
  const names = new Set(lines.map(([name]) => name));
  return Object.fromEntries([...names].map((name) => [name, median(lines.filter(([other]) => other === name).map(([, value]) => Number(value)))]));
}

test("every cell of every load is measured, and every number is in the raw files", async () => {
  const out = join(temporaryFolder(), "out");
  const run = await cnibench(["run", "--yes", "--plugins", "bridge", "--suite", SUITE, "--out", out]);
  expect(run.stdout).not.toContain("cells failed");
  expect(run.exitCode).toBe(0);
  const { plan } = JSON.parse(readFileSync(join(out, "run.json"), "utf8")) as RunFile;
  const records = readFileSync(join(out, "results.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line) as Repetition);
  expect(records.map(({ cell }) => cell).toSorted()).toEqual(plan.cells.map(({ id }) => id).toSorted());
  expect(records.filter(({ value }) => typeof value !== "number")).toEqual([]);

  const planned = new Map(plan.cells.map((cell) => [cell.id, cell]));
  const found = new Set<string>();
  for (const { cell, value, raw } of records) {
    const { runner = "", scenario = "", metric = "" } = planned.get(cell) ?? {};
    const read: Read = (role) => readFileSync(join(out, raw ?? "", `${role}.stdout`), "utf8");
    const told = TOLD[runner]?.(read, scenario) ?? {};
    const all = metric.startsWith("cpu") ? cpuOf(read, told.throughput) : told;
    expect(value, cell).toBe(all[metric as MetricName]);
    found.add(runner);
  }
  expect([...found].toSorted()).toEqual(Object.keys(runners).filter((name) => name !== "conformance").toSorted());
});

test("what cannot be measured is one sentence with the numbers, and the rest goes on", async () => {
  const folder = temporaryFolder();
  const suite = join(folder, "suite.yaml");
  writeFileSync(suite, `name: bad
blocks: 1
duration: 1
scenarios:
  - {name: udp, runner: iperf3-udp, paths: [same-node], params: {length: 1473}}
  - {name: ping, runner: ping, paths: [same-node]}
`);
  const run = await cnibench(["run", "--yes", "--plugins", "ptp", "--suite", suite, "--out", join(folder, "out")]);
  expect(run.exitCode).toBe(3);
  expect(run.stdout).toContain("messages of 1473 bytes do not pass a path with an MTU of 1500 in one packet; set length to at most 1472");
  expect(run.stdout).toMatch(/ping latency-p99 +same-node +ptp/);
});
