/** The lifecycle of machines: boot failures, lost nodes, and machines of a killed cnibench. */
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { chooseImage } from "../../../clusters/vm/image.ts";
import type { QemuLaunch } from "../../../clusters/vm/qemu-command.ts";
import { logIn, startMachine } from "../../../clusters/vm/node.ts";
import { platformOf } from "../../../clusters/vm/platform.ts";
import { DEFAULT_MACHINE, type MachineOptions } from "../../../clusters/vm/options.ts";
import { builtImageDir, vm } from "../../../clusters/vm/vm.ts";
import { createHost, localShell } from "../../../core/local.ts";
import { run } from "../../../core/shell.ts";
import { cnibench, startCnibench, temporaryDir } from "../../helpers/cnibench.ts";
import { skipReason } from "./prerequisites.ts";

const host = createHost();
const spec = (machine: Partial<MachineOptions>, nodes = 1) => ({
  nodes,
  underlayMtu: 1500,
  options: { ...DEFAULT_MACHINE, ...machine },
});

/** Returns the cnibench-vm labels and paths in the command lines of all processes. */
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
const KERNEL = { kernel: join(builtImageDir(host), "vmlinuz"), initrd: join(builtImageDir(host), "initrd") };

/** Creates a file system whose shell is an executable for a processor that is not emulated. */
async function foreignShell(image: string): Promise<void> {
  const tree = temporaryDir();
  mkdirSync(join(tree, "bin"));
  mkdirSync(join(tree, "dev"));
  const header = Buffer.alloc(64);
  header.write("\u007fELF\u0002\u0001\u0001", "latin1");
  header.writeUInt16LE(2, 16); // an executable
  header.writeUInt16LE(243, 18); // for RISC-V
  writeFileSync(join(tree, "bin/sh"), header, { mode: 0o755 });
  await run(localShell(), ["mke2fs", "-q", "-t", "ext4", "-d", tree, image]);
}

/** Creates a copy of the built image without sshd. */
async function withoutSsh(image: string): Promise<void> {
  await run(localShell(), ["cp", "--sparse=always", join(builtImageDir(host), "root.img"), image]);
  await run(localShell(), ["debugfs", "-w", "-R", "rm /usr/sbin/sshd", image]);
}

describe.skipIf(skipReason !== null)("machines", () => {
  test("a kernel panic fails commands with the last console output, and the console is saved", async () => {
    const logs = temporaryDir();
    const cluster = await vm.create(host, { ...spec({}), logs });
    const { shell } = cluster.nodes[0]!;
    try {
      const output = await shell.exec(["sh", "-c", "echo c >/proc/sysrq-trigger; sleep 60"], { timeout: 120 });
      expect(output.startError).toMatch(
        /agent of node1 .*: the machine has stopped; last console output: .*Kernel panic/,
      );
      expect(readFileSync(join(logs, "node1.console"), "utf8")).toContain("cnibench: node is ready");
    } finally {
      await cluster[Symbol.asyncDispose]();
    }
  });

  test("an invalid kernel fails immediately and leaves nothing behind", async () => {
    const kernel = join(temporaryDir(), "vmlinuz");
    writeFileSync(kernel, "not a kernel\n");
    await expect(vm.create(host, spec({ kernel }))).rejects.toThrow(/node1 stopped while booting/);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`cnibench-vm-p${process.pid}-`))).toEqual([]);
  });

  test.each([
    ["empty disk", () => undefined, /node1 stopped while booting; last console output: .*disk \/dev\/vda1 not found/],
    [
      "shell for another processor",
      foreignShell,
      /node1 stopped while booting; last console output: .*(Exec format error|Kernel panic)/,
    ],
    [
      "no SSH server",
      withoutSsh,
      /node1 stopped while booting; last .*no SSH server \(\/usr\/sbin\/sshd\) \| cnibench: cannot set up the node/,
    ],
  ] as const)("an image that does not boot is reported with its console output: %s", async (_, fill, message) => {
    const image = join(temporaryDir(), "disk");
    writeFileSync(image, "");
    truncateSync(image, 16 * 2 ** 20);
    await fill(image);
    await expect(vm.create(host, spec({ ...KERNEL, image }))).rejects.toThrow(message);
  });

  test("a port that is in use is reported", async () => {
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
        image: await chooseImage(host, DEFAULT_MACHINE, builtImageDir(host)),
        seed,
        socketDir: temporaryDir(),
        enterCommand: [],
        port,
      },
    };
    const machine = startMachine(host, launch, tmpdir(), null);
    await expect(logIn(host, machine, "")).rejects.toThrow(new RegExp(`\\b${port} on 127\\.0\\.0\\.1.*node1`));
    server.close();
  });

  test("kill -9 leaves no machine, and clean removes its directory", async () => {
    const before = machines();
    const lab = startCnibench(["lab", "bridge", "--cluster", "vm", "--nodes", "2", "--pods", "0"]);
    while (machines().length === before.length) await sleep(200);
    await sleep(2000);
    lab.kill("SIGKILL");
    await lab.done;
    await sleep(1000);
    expect(machines()).toEqual(before);
    const { stdout } = await cnibench(["clean"]);
    expect(stdout).toMatch(/cnibench-vm-p\d+-\S* removed/);
    expect((await cnibench(["clean"])).stdout).not.toContain("cnibench-vm-");
  });
});

test.each([
  [["--vm-image", "/nowhere"], /--vm-image \/nowhere: not found/, 2],
  [["--vm-memory", "100000G"], /invalid memory size/, 2],
  [["--vm-memory", "1024G"], /nodes? .*exceed/, 3],
])("invalid flags: %j", async (flags, message, code) => {
  const { stderr, exitCode } = await cnibench(["lab", "bridge", "--cluster", "vm", ...flags]);
  expect(stderr).toMatch(message);
  expect(exitCode).toBe(code);
});

test("--vm-... flags require --cluster vm", async () => {
  const { stderr, exitCode } = await cnibench(["plan", "--cluster", "netns", "--vm-cpus", "2"]);
  expect(stderr).toContain("--vm-cpus: requires virtual machines; add --cluster vm");
  expect(exitCode).toBe(2);
});
