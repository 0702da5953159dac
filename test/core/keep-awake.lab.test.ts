/** CPUs of this machine are kept awake for a moment. */
import { expect, test } from "vitest";
import { keepCpusAwake } from "../../core/keep-awake.ts";
import { localShell } from "../../core/local.ts";
import { waitUntil } from "../../core/wait.ts";

const signal = new AbortController().signal;
const shell = localShell();

interface Spinner {
  readonly parent: number;
  readonly schedulingClass: string;
}

/** Lists the spinners that this test process started. */
async function spinners(): Promise<Spinner[]> {
  const { stdout } = await shell.exec(["ps", "-eo", "pid=,ppid=,cls=,args="]);
  const rows = stdout.split("\n").map((line) => line.trim().split(/\s+/));
  const own = rows.filter(([, parent]) => parent === String(process.pid)).map(([pid]) => pid);
  return rows
    .filter(([, parent, , ...args]) => own.includes(parent) && args.join(" ").includes("while kill -0"))
    .map(([, parent, schedulingClass = ""]) => ({ parent: Number(parent), schedulingClass }));
}

test("requests zero latency where that makes idle CPUs poll, and otherwise reports why not", async () => {
  const awake = await keepCpusAwake(shell, signal);
  expect(awake.facts.means === null).toBe(awake.facts.reason !== null);
  if (awake.facts.means === "cpu_dma_latency") expect(await spinners()).toEqual([]);
  await awake.stop();
});

test("spinners have idle priority and the lowest weight, and end when they are stopped", async ({ skip }) => {
  const awake = await keepCpusAwake(shell, signal, "/dev/null/missing");
  if (awake.facts.means === null) skip(awake.facts.reason);
  const allIdle = async (): Promise<boolean> => {
    const running = await spinners();
    return running.length > 0 && running.every(({ schedulingClass }) => schedulingClass === "IDL");
  };
  await waitUntil("the spinners have no idle priority", allIdle, { timeout: 5, every: 0.05 });
  const [{ parent }] = (await spinners()) as [Spinner];
  expect((await shell.exec(["cat", `/proc/${parent}/autogroup`])).stdout).toMatch(/nice 19$/m);
  await awake.stop();
  expect(await spinners()).toEqual([]);
});

test("spinners end by themselves after their parent was killed", async ({ skip }) => {
  const awake = await keepCpusAwake(shell, signal, "/dev/null/missing");
  if (awake.facts.means === null) skip(awake.facts.reason);
  const [{ parent }] = (await spinners()) as [Spinner];
  const marker = `while kill -0 .* bash ${parent}$`;
  process.kill(parent, "SIGKILL");
  const gone = async (): Promise<boolean> => (await shell.exec(["pgrep", "-f", marker])).exitCode === 1;
  await waitUntil("the spinners did not end", gone, { timeout: 5, every: 0.05 });
  await awake.stop();
});
