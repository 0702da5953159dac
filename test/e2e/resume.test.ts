/** A run that is killed at any time and resumed has the same repetitions as an uninterrupted run, each exactly once. */
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

const runArgs = (out: string): string[] => [
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

const keyOf = ({ cell, block, rep }: Repetition): string => `${cell} ${block} ${rep}`;
const keys = (out: string): string[] => [...new Set(records(out).map(keyOf))].sort();

/** Returns duplicate repetitions. Baselines are repeated in every session. */
function duplicates(out: string): string[] {
  const names = records(out).map(
    (record) => `${keyOf(record)}${record.cell.includes("/host/") ? ` session ${record.sitting ?? 1}` : ""}`,
  );
  return names.filter((name, i) => names.indexOf(name) !== i);
}

/** Starts a run and waits until its directory contains a file. */
async function startRun(out: string, file: string): Promise<Process> {
  const running = startCnibench(runArgs(out));
  const ended: string[] = [];
  void running.done.then(({ stderr }) => ended.push(stderr));
  while (!existsSync(join(out, file))) {
    if (ended.length > 0) throw new Error(`exited early: ${ended.join("")}`);
    await sleep(10);
  }
  return running;
}

async function kill(running: Process): Promise<void> {
  running.kill("SIGKILL");
  await running.done;
}

test(`${KILLS} kills at random moments (seed ${SEED})`, { timeout: 60_000 * (KILLS + 1) }, async () => {
  const dir = temporaryDir();
  const random = seededRandom(SEED);
  const uninterrupted = join(dir, "uninterrupted");
  const started = Date.now();
  expect((await cnibench(runArgs(uninterrupted))).exitCode).toBe(0);
  const duration = (Date.now() - started) / 1000;
  const expected = keys(uninterrupted);
  for (let round = 1; round <= KILLS; round++) {
    const out = join(dir, `out-${round}`);
    const delay = random() * duration;
    const running = await startRun(out, "run.json");
    await sleep(delay * 1000);
    await kill(running);
    const resumed = await cnibench(["run", "--resume", out, "--report", "json"]);
    const details = `kill ${round} after ${delay.toFixed(2)} s (seed ${SEED}): ${resumed.stderr}`;
    expect(resumed.exitCode, details).toBe(0);
    expect(keys(out), details).toEqual(expected);
    expect(duplicates(out), details).toEqual([]);
    const { cells, run } = JSON.parse(readFileSync(join(out, "report.json"), "utf8")) as Summary;
    expect(
      cells.filter(({ state, n }) => state !== "measured" || n !== 2),
      details,
    ).toEqual([]);
    expect(run.outcome).toBe("complete");
    for (const { raw } of records(out).filter(({ cell }) => cell.endsWith("/throughput")))
      expect(existsSync(join(out, raw ?? "", "client.stdout")), details).toBe(true);
    expect(existsSync(join(out, "state")), details).toBe(false);
  }
});

test("only one process can resume a run, and only with the same options", async () => {
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
  expect(duplicates(out)).toEqual([]);
  const finished = readFileSync(join(out, "results.jsonl"), "utf8");
  const complete = await cnibench(["run", "--resume", out]);
  expect(complete.exitCode, complete.stderr).toBe(0);
  expect(complete.stderr).not.toContain("deploying");
  expect(readFileSync(join(out, "results.jsonl"), "utf8")).toBe(finished);
});

test("--only measures the matching cells and their baseline", async () => {
  const out = join(temporaryDir(), "out");
  const run = await cnibench([...runArgs(out), "--blocks", "1", "--only", "*/tcp/*/throughput"]);
  expect(run.exitCode, run.stderr).toBe(0);
  const tasks = new Set(records(out).map(({ cell }) => cell.split("/").slice(0, -1).join("/")));
  expect([...tasks].sort()).toEqual(["resume/tcp/bridge/netns/same-node", "resume/tcp/host/netns/host"]);
  const noMatch = await cnibench(["plan", "--only", "*/frobnicate/*"]);
  expect(noMatch.stderr).toContain("--only */frobnicate/*: no cell matches");
  expect(noMatch.exitCode).toBe(2);
});
