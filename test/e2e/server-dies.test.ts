/** A load whose server crashes fails its cells, and the other cells continue. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Process } from "../../core/shell.ts";
import type { Repetition } from "../../results/record.ts";
import { LOAD_PORTS } from "../../runners/support/run-load.ts";
import { startCnibench, temporaryDir } from "../helpers/cnibench.ts";

/** One for control messages, one for data. */
const CONNECTIONS_UNDER_LOAD = 2;
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
  const failed = new Map(records.flatMap(({ raw = "", error }) => (error === undefined ? [] : [[raw, error]])));
  expect([...failed.values()]).toEqual([expect.stringMatching(/^iperf3 /)]);
  expect(records.filter(({ value }) => value !== undefined).length).toBeGreaterThan(20);
  expect(existsSync(join(out, [...failed.keys()][0] ?? "", "client.cmd"))).toBe(true);
});

/** Returns the PID of the first server under load. The test may kill it, because its run started it. */
async function loadedServer(running: Process): Promise<number> {
  const ended = running.done.then(({ stderr }) => Promise.reject(new Error(`exited before a load ran: ${stderr}`)));
  ended.catch(() => undefined);
  for (;;) {
    const client = find(/iperf3\0.*\0-t\0/);
    const server = find(/iperf3\0-s\0/);
    if (client !== null && server !== null && connections(server) >= CONNECTIONS_UNDER_LOAD) return server;
    await Promise.race([new Promise((resolve) => setTimeout(resolve, 20)), ended]);
  }
}

/** Returns the number of established connections to the server. */
function connections(server: number): number {
  const established = new RegExp(`:${LOAD_PORTS.iperf3.toString(16).toUpperCase()} \\S+ 01 `, "g");
  return readProc(server, "net/tcp").match(established)?.length ?? 0;
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
