/** A load whose server crashes fails its cells, and the other cells continue. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Process } from "../../core/shell.ts";
import type { Repetition } from "../../results/record.ts";
import { startCnibench, temporaryDir } from "../helpers/cnibench.ts";

const SUITE = join(import.meta.dirname, "suite.yaml");

test("an iperf3 server that crashes during a load", async () => {
  const out = join(temporaryDir(), "out");
  const running = startCnibench(["run", "--yes", "--suite", SUITE, "--plugins", "bridge", "--out", out, "--seed", "1"]);
  process.kill(await loadedServer(running), "SIGKILL");
  const { exitCode, stdout } = await running.done;
  expect(exitCode).toBe(3);
  expect(stdout).toMatch(/iperf3 on .* failed: |iperf3 .*failed with exit code/);
  const records = readFileSync(join(out, "results.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Repetition);
  const failed = new Set(records.filter(({ error }) => error !== undefined).map(({ raw }) => raw));
  expect(failed.size).toBe(1);
  expect(records.filter(({ value }) => value !== undefined).length).toBeGreaterThan(20);
  expect(existsSync(join(out, [...failed][0] ?? "", "client.cmd"))).toBe(true);
});

/** Returns the PID of the first server with a sending client. The test may kill it, because its run started it. */
async function loadedServer(running: Process): Promise<number> {
  const ended = running.done.then(({ stderr }) => Promise.reject(new Error(`exited before a load ran: ${stderr}`)));
  ended.catch(() => undefined);
  for (;;) {
    const client = find(/iperf3\0.*\0-t\0/);
    const server = find(/iperf3\0-s\0/);
    if (client !== null && server !== null) {
      await new Promise((resolve) => setTimeout(resolve, 700));
      return server;
    }
    await Promise.race([new Promise((resolve) => setTimeout(resolve, 20)), ended]);
  }
}

/** Returns the newest descendant of this process with a matching command line: other runs may have servers as well. */
function find(pattern: RegExp): number | null {
  const pids = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => b - a);
  const matches = (pid: number): boolean => pattern.test(commandLine(pid)) && !/nsenter/.test(commandLine(pid));
  return pids.find((pid) => matches(pid) && isDescendant(pid)) ?? null;
}

function isDescendant(pid: number): boolean {
  const parent = Number(/^PPid:\t(\d+)$/m.exec(readProc(pid, "status"))?.[1] ?? 0);
  return parent === process.pid || (parent > 1 && isDescendant(parent));
}

function commandLine(pid: number): string {
  return readProc(pid, "cmdline");
}

function readProc(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return ""; // the process has just exited
  }
}
