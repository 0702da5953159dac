/** A complete run as root and as an unprivileged user: real plugins and loads, and all values match raw/. */
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseIperf3 } from "../../runners/iperf3/tcp.ts";
import { parseLatency } from "../../runners/netperf/latency.ts";
import type { Repetition } from "../../results/record.ts";
import { validator } from "../../results/run-schema.ts";
import type { Summary } from "../../results/summary.ts";
import { cnibench, PROGRAM, temporaryDir } from "../helpers/cnibench.ts";
import { readHostState, settledDifference } from "../helpers/host-state.ts";
import { unprivilegedUser } from "../helpers/unprivileged.ts";

const SUITE = join(import.meta.dirname, "suite.yaml");
const root = process.getuid?.() === 0;

const users = root ? ["root", "an unprivileged user"] : ["this user"];

describe.each(users)("as %s", (userName) => {
  test("host, bridge, ptp and simplecni are measured on both paths and leave no trace", async () => {
    const dir = temporaryDir();
    const user = userName.startsWith("an ") ? unprivilegedUser(dir) : { program: PROGRAM, env: {}, home: dir };
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
    expectValuesOfTools(out);
    expect(readFileSync(join(out, "report.html"), "utf8")).toContain("simplecni");
  });
});

function expectMeasured(summary: Summary): void {
  const states = summary.cells.map(
    ({ id, state, reason }) => `${id} ${state}${reason === undefined ? "" : `: ${reason}`}`,
  );
  const skipped = states.filter((state) => !state.endsWith(" measured"));
  // The configuration of simplecni uses spec 0.3.0, which has no CHECK.
  expect(skipped).toEqual([
    expect.stringMatching(/^e2e\/pods\/simplecni\/netns\/same-node\/check-time skipped: .*0\.3\.0.*0\.4\.0$/),
  ]);
  const paths = new Set(summary.cells.map(({ plugin, path }) => `${plugin} ${path}`));
  const expected = [
    "host host",
    ...["bridge", "ptp", "simplecni"].flatMap((plugin) => [`${plugin} same-node`, `${plugin} cross-node`]),
  ];
  expect([...paths].sort()).toEqual(expected.sort());
  for (const cell of summary.cells.filter(({ metric }) => metric === "mtu")) expect(cell.median).toBe(1500);
}

/** Checks that stored values equal the values in the output of the tools. */
function expectValuesOfTools(out: string): void {
  const lines = readFileSync(join(out, "results.jsonl"), "utf8").trim().split("\n");
  const records = lines.map((line) => JSON.parse(line) as Repetition);
  const clientOutput = (record: Repetition): string =>
    readFileSync(join(out, record.raw ?? "", "client.stdout"), "utf8");
  const throughput = records.filter(({ cell }) => cell.endsWith("/throughput"));
  expect(throughput).toHaveLength(7);
  for (const record of throughput) expect(record.value).toBe(parseIperf3(clientOutput(record)).throughput);
  const median = records.filter(({ cell }) => cell.endsWith("/latency-p50"));
  expect(median).toHaveLength(7);
  for (const record of median)
    expect(record.value).toBe(parseLatency(clientOutput(record), "transactions").values["latency-p50"]);
}
