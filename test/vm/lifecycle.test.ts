/** How machines come and go: broken ones, lost ones, and those of a cnibench that was killed. */
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { MachineSpec } from "../../clusters/cluster.ts";
import { chooseImage } from "../../clusters/vm/image.ts";
import type { QemuLaunch } from "../../clusters/vm/qemu-command.ts";
import { logIn, startMachine } from "../../clusters/vm/node.ts";
import { platformOf } from "../../clusters/vm/platform.ts";
import { builtImageDir, DEFAULT_MACHINE, vm } from "../../clusters/vm/vm.ts";
import { localShell } from "../../core/local.ts";
import { run } from "../../core/shell.ts";
import { cnibench, startCnibench, temporaryDir } from "../helpers/cnibench.ts";
import { skipReason } from "./prerequisites.ts";

const { signal } = new AbortController();
const spec = (machine: Partial<MachineSpec>, nodes = 1) => ({
  nodes,
  underlayMtu: 1500,
  machine: { ...DEFAULT_MACHINE, ...machine },
});

/** Processes whose command line names a folder of ours that no other test has. */
function machines(): string[] {
  return readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid))
    .flatMap((pid) => {
      try {
        const argv = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
        return argv.some((word) => word.startsWith("cnibench-vm-"))
          ? argv.filter((word) => word.startsWith("cnibench-vm-"))
          : [];
      } catch {
        return [];
      }
    });
}

/** The kernel of the built image. */
const KERNEL = { kernel: join(builtImageDir(), "vmlinuz"), initrd: join(builtImageDir(), "initrd") };

/** A file system whose shell is a program for a processor that nobody emulates here. */
async function foreignShell(image: string): Promise<void> {
  const tree = temporaryDir();
  mkdirSync(join(tree, "bin"));
  mkdirSync(join(tree, "dev"));
  const header = Buffer.alloc(64);
  header.write("\u007fELF\u0002\u0001\u0001", "latin1");
  header.writeUInt16LE(2, 16); // a program
  header.writeUInt16LE(243, 18); // for RISC-V
  writeFileSync(join(tree, "bin/sh"), header, { mode: 0o755 });
  await run(localShell(), ["mke2fs", "-q", "-t", "ext4", "-d", tree, image]);
}

/** The built image but for one program. */
async function withoutSsh(image: string): Promise<void> {
  await run(localShell(), ["cp", "--sparse=always", join(builtImageDir(), "root.img"), image]);
  await run(localShell(), ["debugfs", "-w", "-R", "rm /usr/sbin/sshd", image]);
}

describe.skipIf(skipReason !== null)("machines", () => {
  test("a node that panics ends its commands with what its console said last, and the console is kept", async () => {
    const logs = temporaryDir();
    const cluster = await vm.create(spec({ logs }), signal);
    const { shell } = cluster.nodes[0]!;
    try {
      const output = await shell.exec(["sh", "-c", "echo c >/proc/sysrq-trigger; sleep 60"], { timeout: 120 });
      expect(output.startError).toMatch(
        /agent of node1 has ended: the machine has stopped; its console said last: .*Kernel panic/,
      );
      expect(readFileSync(join(logs, "node1.console"), "utf8")).toContain("cnibench: node is ready");
    } finally {
      await cluster[Symbol.asyncDispose]();
    }
  });

  test("a kernel that is none fails at once, and nothing is left", async () => {
    const kernel = join(temporaryDir(), "vmlinuz");
    writeFileSync(kernel, "no kernel\n");
    await expect(vm.create(spec({ kernel }), signal)).rejects.toThrow(/node1 stopped while it booted/);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`cnibench-vm-${process.pid}-`))).toEqual([]);
  });

  test.each([
    [
      "an empty disk",
      () => undefined,
      /node1 stopped while it booted; its console said last: .*there is no disk \/dev\/vda1/,
    ],
    [
      "a system of another processor",
      foreignShell,
      /node1 stopped while it booted; its console said last: .*(Exec format error|Kernel panic)/,
    ],
    [
      "a system without an ssh server",
      withoutSsh,
      /node1 stopped while it booted; its console said last: .*the image has no ssh server \(\/usr\/sbin\/sshd\) \| cnibench: the node could not be set up/,
    ],
  ] as const)("an image that is %s does not boot, and its console tells why", async (_, fill, sentence) => {
    const image = join(temporaryDir(), "disk");
    writeFileSync(image, "");
    truncateSync(image, 16 * 2 ** 20);
    await fill(image);
    await expect(vm.create(spec({ ...KERNEL, image }), signal)).rejects.toThrow(sentence);
  });

  test("a port that another program took is told", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const seed = join(temporaryDir(), "seed");
    writeFileSync(seed, "");
    const launch: QemuLaunch = {
      ...{
        label: "cnibench-vm-0-node1",
        index: 1,
        nodes: 1,
        platform: platformOf(),
        acceleration: "tcg",
        machine: DEFAULT_MACHINE,
      },
      ...{
        image: await chooseImage(DEFAULT_MACHINE, builtImageDir()),
        seed,
        socketDir: temporaryDir(),
        enterCommand: [],
        port,
      },
    };
    const machine = startMachine(launch, tmpdir(), null);
    await expect(logIn(machine, "", signal)).rejects.toThrow(
      `another program took port ${port} of 127.0.0.1 just before node1 could; try again`,
    );
    server.close();
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
  [["--vm-memory", "100000G"], "invalid memory size"],
  [["--vm-memory", "1024G"], "are more than the"],
])("bad input: %j", async (flags, sentence) => {
  const { stderr, exitCode } = await cnibench(["lab", "bridge", "--cluster", "vm", ...flags]);
  expect(stderr).toContain(sentence);
  expect([2, 3]).toContain(exitCode);
});

test("flags of machines are for machines", async () => {
  const { stderr, exitCode } = await cnibench(["plan", "--cluster", "netns", "--vm-cpus", "2"]);
  expect(stderr).toContain("--vm-cpus: requires virtual machines; add --cluster vm");
  expect(exitCode).toBe(2);
});
