/** Killed at any moment and resumed, a run has what an unbroken one has: every repetition, and none twice. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Repetition } from "../../results/record.ts";
import { seededRandom } from "../../results/random.ts";
import type { Summary } from "../../results/summary.ts";
import { cnibench, startCnibench, temporaryDir } from "../helpers/cnibench.ts";
import type { Process } from "../../core/shell.ts";

const SUITE = join(import.meta.dirname, "resume.suite.yaml");
const KILLS = Number(process.env.CNIBENCH_KILLS ?? 3);
const SEED = Number(process.env.CNIBENCH_KILL_SEED ?? Date.now() % 100_000);

const newRun = (out: string): string[] => [
  "run",
  "--yes",
  "--plugins",
  "bridge",
  "--suite",
  SUITE,
  "--seed",
  "5",
  "--report",
  "json",
  "--out",
  out,
];

function records(out: string): Repetition[] {
  return readFileSync(join(out, "results.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Repetition);
}

const slotOf = ({ cell, block, rep }: Repetition): string => `${cell} ${block} ${rep}`;
const slots = (out: string): string[] => [...new Set(records(out).map(slotOf))].sort();

/** Baselines may be there once per sitting, everything else once. */
function twice(out: string): string[] {
  const names = records(out).map(
    (record) => `${slotOf(record)}${record.cell.includes("/host/") ? ` sitting ${record.sitting ?? 1}` : ""}`,
  );
  return names.filter((name, i) => names.indexOf(name) !== i);
}

/** A run whose folder has that file. */
async function startRun(out: string, file: string): Promise<Process> {
  const running = startCnibench(newRun(out));
  const ended: string[] = [];
  void running.done.then(({ stderr }) => ended.push(stderr));
  while (!existsSync(join(out, file))) {
    if (ended.length > 0) throw new Error(`it ended early: ${ended.join("")}`);
    await sleep(10);
  }
  return running;
}

async function kill(running: Process): Promise<void> {
  running.kill("SIGKILL");
  await running.done;
}

test(`${KILLS} kills at random moments (seed ${SEED})`, { timeout: 60_000 * (KILLS + 1) }, async () => {
  const folder = temporaryDir();
  const random = seededRandom(SEED);
  const whole = join(folder, "whole");
  const started = Date.now();
  expect((await cnibench(newRun(whole))).exitCode).toBe(0);
  const duration = (Date.now() - started) / 1000;
  const expected = slots(whole);
  for (let round = 1; round <= KILLS; round++) {
    const out = join(folder, `out-${round}`);
    const moment = random() * duration;
    const running = await startRun(out, "run.json");
    await sleep(moment * 1000);
    await kill(running);
    const resumed = await cnibench(["run", "--resume", out, "--report", "json"]);
    const told = `kill ${round} after ${moment.toFixed(2)} s (seed ${SEED}): ${resumed.stderr}`;
    expect(resumed.exitCode, told).toBe(0);
    expect(slots(out), told).toEqual(expected);
    expect(twice(out), told).toEqual([]);
    const { cells, run } = JSON.parse(readFileSync(join(out, "report.json"), "utf8")) as Summary;
    expect(
      cells.filter(({ state, n }) => state !== "measured" || n !== 2),
      told,
    ).toEqual([]);
    expect(run.outcome).toBe("complete");
    for (const { raw } of records(out).filter(({ cell }) => cell.endsWith("/throughput")))
      expect(existsSync(join(out, raw ?? "", "client.stdout")), told).toBe(true);
    expect(existsSync(join(out, "state")), told).toBe(false);
  }
});

test("a run is continued by one process only, and only as it was begun", async () => {
  const out = join(temporaryDir(), "out");
  const running = await startRun(out, "results.jsonl");
  const second = await cnibench(["run", "--resume", out]);
  expect(second.stderr).toContain(`another cnibench process is writing to ${out}`);
  expect(second.exitCode).toBe(3);
  await kill(running);
  for (const flags of [
    ["--blocks", "3"],
    ["--plugins", "ptp"],
    ["--seed", "6"],
    ["--underlay-mtu", "9000"],
    ["--only", "*/pods/*"],
    ["--out", "elsewhere"],
    ["--redact"],
  ]) {
    const other = await cnibench(["run", "--resume", out, ...flags]);
    expect(other.stderr, flags.join(" ")).toMatch(/--resume: .* differs|--out .* --resume/);
    expect(other.exitCode, flags.join(" ")).toBe(2);
  }
  writeFileSync(join(out, "results.jsonl"), '{"kind":"repetition","cell":"res', { flag: "a" });
  const again = await cnibench(["run", "--resume", out, "--plugins", "bridge", "--blocks", "2"]);
  expect(again.exitCode, again.stderr).toBe(0);
  expect(twice(out)).toEqual([]);
  const finished = readFileSync(join(out, "results.jsonl"), "utf8");
  const once = await cnibench(["run", "--resume", out]);
  expect(once.exitCode, once.stderr).toBe(0);
  expect(once.stderr).not.toContain("deploying");
  expect(readFileSync(join(out, "results.jsonl"), "utf8")).toBe(finished);
});

test("--only measures the cells that match, with their baseline", async () => {
  const out = join(temporaryDir(), "out");
  const run = await cnibench([...newRun(out), "--blocks", "1", "--only", "*/tcp/*/throughput"]);
  expect(run.exitCode, run.stderr).toBe(0);
  const tasks = new Set(records(out).map(({ cell }) => cell.split("/").slice(0, -1).join("/")));
  expect([...tasks].sort()).toEqual(["resume/tcp/bridge/netns/same-node", "resume/tcp/host/netns/host"]);
  const nothing = await cnibench(["plan", "--only", "*/frobnicate/*"]);
  expect(nothing.stderr).toContain("--only */frobnicate/*: no cell matches");
  expect(nothing.exitCode).toBe(2);
});
