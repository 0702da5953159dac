/** How machines come and go: broken ones, lost ones, and those of a cnibench that was killed. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { MachineSpec } from "../../clusters/cluster.ts";
import { DEFAULT_MACHINE, vm } from "../../clusters/vm/vm.ts";
import { cnibench, startCnibench, temporaryFolder } from "../helpers/cnibench.ts";
import { whyNot } from "./ready.ts";

const { signal } = new AbortController();
const spec = (machine: Partial<MachineSpec>, nodes = 1) => ({ nodes, underlayMtu: 1500, machine: { ...DEFAULT_MACHINE, ...machine } });

/** Processes whose command line names a folder of ours that no other test has. */
function machines(): string[] {
  return readdirSync("/proc").filter((pid) => /^\d+$/.test(pid)).flatMap((pid) => {
    try {
      const argv = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      return argv.some((word) => word.startsWith("cnibench-vm-")) ? argv.filter((word) => word.startsWith("cnibench-vm-")) : [];
    } catch {
      return [];
    }
  });
}

describe.skipIf(whyNot !== null)("machines", () => {
  test("a node that panics ends its commands with what its console said last, and the console is kept", async () => {
    const logs = temporaryFolder();
    const cluster = await vm.create(spec({ logs }), signal);
    const { shell } = cluster.nodes[0]!;
    try {
      const output = await shell.exec(["sh", "-c", "echo c >/proc/sysrq-trigger; sleep 60"], { timeout: 120 });
      expect(output.startError).toMatch(/agent of node1 has ended: the machine has stopped; its console said last: .*Kernel panic/);
      expect(readFileSync(join(logs, "node1.console"), "utf8")).toContain("cnibench: node is ready");
    } finally {
      await cluster[Symbol.asyncDispose]();
    }
  });

  test("a kernel that is none fails at once, and nothing is left", async () => {
    const kernel = join(temporaryFolder(), "vmlinuz");
    writeFileSync(kernel, "no kernel\n");
    await expect(vm.create(spec({ kernel }), signal)).rejects.toThrow(/node1 stopped while it booted/);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`cnibench-vm-${process.pid}-`))).toEqual([]);
  });

  test("kill -9 leaves no machine; clean removes what it wrote", async () => {
    const before = machines();
    const lab = startCnibench(["lab", "bridge", "--cluster", "vm", "--nodes", "2", "--pods", "0"]);
    while (machines().length === before.length) await sleep(200);
    await sleep(2000);
    lab.kill("SIGKILL");
    await lab.done;
    await sleep(1000);
    expect(machines()).toEqual(before);
    const { stdout } = await cnibench(["clean"]);
    expect(stdout).toMatch(/removed .*cnibench-vm-\d+-/);
    expect((await cnibench(["clean"])).stdout).not.toContain("cnibench-vm-");
  });
});

test.each([
  [["--vm-image", "/nowhere"], "--vm-image /nowhere is no file"],
  [["--vm-memory", "100000G"], "is no usable amount of memory"],
  [["--vm-memory", "1024G"], "are more than the"],
])("bad input: %j", async (flags, sentence) => {
  const { stderr, exitCode } = await cnibench(["lab", "bridge", "--cluster", "vm", ...flags]);
  expect(stderr).toContain(sentence);
  expect([2, 3]).toContain(exitCode);
});

test("flags of machines are for machines", async () => {
  const { stderr, exitCode } = await cnibench(["plan", "--cluster", "netns", "--vm-cpus", "2"]);
  expect(stderr).toContain("--vm-cpus: only nodes that are virtual machines have these; add --cluster vm");
  expect(exitCode).toBe(2);
});
