/** IPv6 and dual stack end to end, from the command line to the report. Plan and report list the same skips. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Summary } from "../../results/summary.ts";
import { cnibench, temporaryDir } from "../helpers/cnibench.ts";

const SUITE = join(import.meta.dirname, "families.suite.yaml");
const FLAGS = ["--plugins", "macvlan,simplecni", "--suite", SUITE, "--seed", "1"];

test("measures macvlan with IPv6 and dual stack, and skips unsupported families of simplecni", async () => {
  const planned = JSON.parse((await cnibench(["plan", ...FLAGS, "--format", "json"])).stdout) as {
    cells: { id: string; skip?: string }[];
  };
  const skips = new Map(planned.cells.flatMap(({ id, skip }) => (skip === undefined ? [] : [[id, skip]])));
  expect(skips.get("families/tcp-ipv6/simplecni/netns/cross-node/throughput")).toBe(
    "simplecni supports only ipv4, not ipv6",
  );
  expect(skips.get("families/pods-dual/simplecni/netns/same-node/add-time")).toBe(
    "simplecni supports only ipv4, not dual",
  );

  const out = join(temporaryDir(), "out");
  const run = await cnibench(["run", "--yes", ...FLAGS, "--out", out]);
  expect(run.stderr).not.toContain("FAILED");
  expect(run.exitCode).toBe(0);
  const { cells } = JSON.parse(readFileSync(join(out, "report.json"), "utf8")) as Summary;
  expect(new Map(cells.flatMap(({ id, reason }) => (reason === undefined ? [] : [[id, reason]])))).toEqual(skips);
  const measured = cells.filter(({ state }) => state === "measured").map(({ id }) => id);
  expect(measured.toSorted()).toEqual(
    planned.cells
      .map(({ id }) => id)
      .filter((id) => !skips.has(id))
      .toSorted(),
  );
  for (const id of ["pods-dual/macvlan", "pods/macvlan", "pods/simplecni"])
    expect(measured).toContain(`families/${id}/netns/same-node/add-time`);
  expect(cells.find(({ id }) => id === "families/tcp-ipv6/macvlan/netns/cross-node/mtu")?.median).toBe(1500);
  for (const [scenario, role, command] of [
    ["tcp", "client", /iperf3 -6 .*-c fd00:10:244:2::1 /],
    ["udp", "client", /iperf3 -6 .*-c fd00:10:244:2::1 .*-u /],
    ["rr", "client", /netperf -6 .*-H fd00:10:244:2::1 .*-t TCP_RR /],
    ["crr", "client", /netperf -6 .*-H fd00:10:244:2::1 .*-t TCP_CRR /],
    ["size", "client", /netperf -6 .*-H fd00:10:244:2::1 .*-t TCP_STREAM /],
    ["ping-loaded", "client", /ping .* fd00:10:244:2::1$/m],
    ["ping-loaded", "load", /iperf3 -6 .*-c fd00:10:244:2::1 /],
  ] as const) {
    expect(
      readFileSync(join(out, `raw/families/${scenario}-ipv6/macvlan/netns/cross-node/1-1/${role}.cmd`), "utf8"),
    ).toMatch(command);
  }
});
