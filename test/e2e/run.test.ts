/** A whole run, as root and as a user without privileges: real plugins, real loads, every number found again in raw/. */
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseIperf3 } from "../../runners/iperf3/tcp.ts";
import { parseLatency } from "../../runners/netperf/latency.ts";
import type { Repetition } from "../../results/record.ts";
import { validator } from "../../results/schema.ts";
import type { Summary } from "../../results/summary.ts";
import { cnibench, PROGRAM, temporaryDir } from "../helpers/cnibench.ts";
import { readHostState, settledDifference } from "../helpers/host-state.ts";
import { unprivilegedUser } from "../helpers/unprivileged.ts";

const SUITE = join(import.meta.dirname, "suite.yaml");
const root = process.getuid?.() === 0;

const users = root ? ["root", "a user without privileges"] : ["this user"];

describe.each(users)("as %s", (who) => {
  test("host, bridge, ptp and simplecni are measured on both paths, and nothing is left", async () => {
    const folder = temporaryDir();
    const user = who.startsWith("a ") ? unprivilegedUser(folder) : { program: PROGRAM, env: {}, home: folder };
    const out = join(user.home, "out");
    const before = await readHostState();
    const suite = join(user.home, "suite.yaml");
    copyFileSync(SUITE, suite);
    const run = await cnibench(
      ["run", "--yes", "--suite", suite, "--out", out, "--seed", "7"],
      { env: user.env },
      user.program,
    );
    expect(run.stderr).not.toContain("FAILED");
    expect(run.exitCode).toBe(0);
    expect(await settledDifference(before)).toEqual([]);
    expect(run.stdout).toContain(`html report: ${out}/report.html`);
    expect(existsSync(join(out, "state"))).toBe(false);

    const report = await cnibench(["report", out, "--format", "json"]);
    const summary = JSON.parse(report.stdout) as Summary;
    expect(validator("summary")(summary)).toBeNull();
    expectMeasured(summary);
    expectNumbersOfTheTools(out);
    expect(readFileSync(join(out, "report.html"), "utf8")).toContain("simplecni");
  });
});

function expectMeasured(summary: Summary): void {
  const states = summary.cells.map(
    ({ id, state, reason }) => `${id} ${state}${reason === undefined ? "" : `: ${reason}`}`,
  );
  const skipped = states.filter((state) => !state.endsWith(" measured"));
  // The configuration that simplecni is given is of 0.3.0, which has no CHECK.
  expect(skipped).toEqual([
    "e2e/pods/simplecni/netns/same-node/check-time skipped: the configuration of simplecni uses CNI spec 0.3.0; this metric needs 0.4.0",
  ]);
  const paths = new Set(summary.cells.map(({ plugin, path }) => `${plugin} ${path}`));
  const expected = [
    "host host",
    ...["bridge", "ptp", "simplecni"].flatMap((plugin) => [`${plugin} same-node`, `${plugin} cross-node`]),
  ];
  expect([...paths].sort()).toEqual(expected.sort());
  for (const cell of summary.cells.filter(({ metric }) => metric === "mtu")) expect(cell.median).toBe(1500);
}

/** The value equals the tool's own. */
function expectNumbersOfTheTools(out: string): void {
  const lines = readFileSync(join(out, "results.jsonl"), "utf8").trim().split("\n");
  const records = lines.map((line) => JSON.parse(line) as Repetition);
  const said = (record: Repetition): string => readFileSync(join(out, record.raw ?? "", "client.stdout"), "utf8");
  const throughput = records.filter(({ cell }) => cell.endsWith("/throughput"));
  expect(throughput).toHaveLength(7);
  for (const record of throughput) expect(record.value).toBe(parseIperf3(said(record)).throughput);
  const median = records.filter(({ cell }) => cell.endsWith("/latency-p50"));
  expect(median).toHaveLength(7);
  for (const record of median)
    expect(record.value).toBe(parseLatency(said(record), "transactions").values["latency-p50"]);
}
