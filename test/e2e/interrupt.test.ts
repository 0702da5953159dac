/** Interrupted runs: by a signal, or by SIGKILL at a random time. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { netns } from "../../clusters/netns/netns.ts";
import { seededRandom } from "../../results/random.ts";
import type { Process } from "../../core/shell.ts";
import type { RunFile } from "../../results/record.ts";
import type { Summary } from "../../results/summary.ts";
import { cnibench, startCnibench, temporaryDir } from "../helpers/cnibench.ts";
import { difference, readHostState, settledDifference } from "../helpers/host-state.ts";
import { createHost } from "../../core/local.ts";

const host = createHost();

const SUITE = join(import.meta.dirname, "suite.yaml");
const KILLS = 10;
/** Seconds within which a signaled run must end. */
const MAX_END_SECONDS = 5;

const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s ends the run within 5 s, keeps its results, exit code 130",
  async (signal) => {
    const out = join(temporaryDir(), "out");
    const before = await readHostState();
    const running = startCnibench(["run", "--yes", "--suite", SUITE, "--plugins", "bridge", "--out", out]);
    await waitForFirstResult(out, running);
    const start = performance.now();
    running.kill(signal);
    const { exitCode, stderr } = await running.done;
    expect((performance.now() - start) / 1000).toBeLessThan(MAX_END_SECONDS);
    expect(exitCode).toBe(130);
    expect(stderr).toContain(`interrupted; resume with: cnibench run --resume ${out}`);
    expect((JSON.parse(readFileSync(join(out, "run.json"), "utf8")) as RunFile).outcome).toBe("interrupted");
    const summary = JSON.parse((await cnibench(["report", out, "--format", "json"])).stdout) as Summary;
    expect(summary.cells.some(({ state }) => state === "measured")).toBe(true);
    expect(existsSync(join(out, "report.html"))).toBe(true);
    expect(await settledDifference(before)).toEqual([]);
  },
);

test("SIGINT does not wait for a plugin that hangs in ADD and DEL", async () => {
  const dir = temporaryDir();
  const bin = join(dir, "bin");
  mkdirSync(bin);
  const version = '{"cniVersion":"1.0.0","supportedVersions":["1.0.0"]}';
  const hang = ["sleep", `1000.${process.pid}`];
  const script = `case "$CNI_COMMAND" in VERSION) echo '${version}' ;; *) ${hang.join(" ")} ;; esac`;
  writeFileSync(join(bin, "stuck"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, "stuck"), 0o755);
  writeFileSync(join(dir, "stuck.conf"), JSON.stringify({ cniVersion: "1.0.0", name: "stuck", type: "stuck" }));
  const flags = [
    ...["--conf", join(dir, "stuck.conf"), "--bin-dir", bin, "--only", "*/stuck/*"],
    ...["--suite", "lifecycle", "--out", join(dir, "out")],
  ];
  const before = await readHostState();
  const running = startCnibench(["run", "--yes", ...flags]);
  await waitUntil(running, () => isRunning(hang));
  const start = performance.now();
  running.kill("SIGINT");
  const { exitCode } = await running.done;
  expect((performance.now() - start) / 1000).toBeLessThan(MAX_END_SECONDS);
  expect(exitCode).toBe(130);
  expect(await settledDifference(before)).toEqual([]);
});

test("a run does not change the host", async () => {
  const out = join(temporaryDir(), "out");
  const before = await readHostState();
  const running = startCnibench(["run", "--yes", "--suite", SUITE, "--plugins", "bridge", "--out", out]);
  await waitForFirstResult(out, running);
  const changed = difference(before, await readHostState()).filter(
    (line) => !/^[+-] (processes|namespaces): /.test(line),
  );
  running.kill("SIGINT");
  await running.done;
  expect(changed).toEqual([]);
});

test(`SIGKILL at ${KILLS} random times leaves nothing`, async () => {
  const seed = Number(process.env.CNIBENCH_TEST_SEED ?? Date.now() % 1_000_000);
  console.error(`seed of the times: CNIBENCH_TEST_SEED=${seed}`);
  const random = seededRandom(seed);
  const before = await readHostState();
  for (let i = 0; i < KILLS; i++) {
    const out = join(temporaryDir(), "out");
    const running = startCnibench(["run", "--yes", "--suite", SUITE, "--out", out]);
    await pause(0.2 + 6 * random());
    running.kill("SIGKILL");
    await running.done;
    expect(await settledDifference(before)).toEqual([]);
    // The data of a killed run is readable.
    if (existsSync(join(out, "run.json")))
      expect((await cnibench(["report", out, "--format", "json"])).exitCode).toBe(0);
  }
});

test("the host check detects a leaked cluster", async () => {
  const before = await readHostState();
  const cluster = await netns.create(host, { nodes: 1, underlayMtu: 1500 });
  try {
    const leaks = await settledDifference(before, 0);
    expect(leaks.some((line) => line.startsWith("+ processes: "))).toBe(true);
    expect(leaks.filter((line) => line.startsWith("+ namespaces: net:")).length).toBeGreaterThanOrEqual(2);
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
  expect(await settledDifference(before)).toEqual([]);
});

test("the host check detects a new link and a missing sysctl", async () => {
  const before = await readHostState();
  const after = {
    ...before,
    links: [...(before.links ?? []), "9: leak0: <UP>"],
    sysctls: (before.sysctls ?? []).slice(1),
  };
  expect(difference(before, after)).toEqual(["+ links: 9: leak0: <UP>", expect.stringMatching(/^- sysctls: /)]);
});

/** Waits until the first result is on disk. */
async function waitForFirstResult(out: string, running: Process): Promise<void> {
  await waitUntil(running, () => existsSync(join(out, "results.jsonl")));
}

/** Waits until a condition is met during a run. @throws if the run ends before */
async function waitUntil(running: Process, isMet: () => boolean): Promise<void> {
  const ended = running.done.then(({ stderr }) => Promise.reject(new Error(`ended early: ${stderr}`)));
  ended.catch(() => undefined);
  while (!isMet()) await Promise.race([pause(0.05), ended]);
}

function isRunning(argv: readonly string[]): boolean {
  const commandLine = argv.map((word) => `${word}\0`).join("");
  return readdirSync("/proc").some((pid) => /^\d+$/.test(pid) && commandLineOf(pid) === commandLine);
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return ""; // the process has just exited
  }
}
