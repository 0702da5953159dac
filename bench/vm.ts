/**
 * Measures the time until two VM nodes are ready, compared with one plain boot of the same image, and the time of a
 * command through a node's shell, compared with SSH.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import {
  type BareCluster,
  builtImageDir,
  chooseImage,
  DEFAULT_MACHINE,
  platformOf,
  processorArgs,
  vm,
} from "../clusters/index.ts";
import type { Host } from "../core/host.ts";
import { run } from "../core/shell.ts";
import { makeTempDir } from "../core/temp-dir.ts";
import { waitUntil } from "../core/wait.ts";
import { findTool, missingTools } from "../tools/index.ts";
import { median } from "../results/index.ts";
import { formatMs, notMeasured, targetResult, timeEach, type Benchmark } from "./benchmark.ts";

const BOOTS = 3;
const COMMANDS = 30;
const BOOT_TIMEOUT_S = 300;
/** Time within which the SSH connection must be established. */
const CONNECT_TIMEOUT_S = 10;

const TARGET = "a command through the node's shell is not slower than over SSH";

export async function benchVm(host: Host): Promise<Benchmark> {
  const missing = missingTools(host, vm.tools).map(({ name }) => ({ message: `${name} not found` }));
  if (missing.length > 0) return notMeasured("VM nodes", TARGET, missing);
  await vm.setup(host, { onProgress: (line) => console.error(line) });
  const problems = await vm.check(host);
  if (problems.length > 0) return notMeasured("VM nodes", TARGET, problems);
  console.error(await vm.describePerformance(host));
  const plain: number[] = [];
  const ready: number[] = [];
  const shell: number[] = [];
  const ssh: number[] = [];
  let acceleration = "";
  for (let i = 0; i < BOOTS; i++) {
    const started = performance.now();
    const cluster = await vm.create(host, { nodes: 2, underlayMtu: 1500 });
    try {
      ready.push(performance.now() - started);
      acceleration = cluster.facts.emulated ? "tcg" : "kvm";
      shell.push(...(await timeEach(COMMANDS / BOOTS, () => run(cluster.nodes[0]!.shell, ["true"]))));
      ssh.push(...(await timeSsh(host, cluster)));
    } finally {
      await cluster[Symbol.asyncDispose]();
    }
    plain.push(await plainBoot(host, acceleration === "kvm" ? "kvm" : "tcg"));
  }
  const [shellMs, sshMs] = [median(shell), median(ssh)];
  return {
    name: `VM nodes (${acceleration})`,
    rows: [
      [`one plain boot, median of ${BOOTS}`, formatMs(median(plain))],
      [`two nodes until ready, median of ${BOOTS}`, formatMs(median(ready))],
      ["ratio", (median(ready) / median(plain)).toFixed(2)],
      [`a command over an open SSH connection, median of ${COMMANDS}`, formatMs(sshMs)],
      [`a command through the node's shell, median of ${COMMANDS}`, formatMs(shellMs)],
    ],
    target: TARGET,
    result: targetResult(shellMs <= sshMs),
  };
}

/** Boots the image with a shell as init that exits at once. @returns duration, milliseconds */
async function plainBoot(host: Host, acceleration: "kvm" | "tcg"): Promise<number> {
  const platform = platformOf();
  const { disk, format, root, kernel, initrd } = await chooseImage(host, DEFAULT_MACHINE, builtImageDir(host));
  const argv = [
    findTool(host, platform.qemu) ?? platform.qemu,
    ...["-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio"],
    ...processorArgs(platform, acceleration),
    ...["-m", "1024M"],
    ...["-drive", `file=${disk},format=${format},if=virtio,snapshot=on`],
    ...["-kernel", kernel],
    ...(initrd === null ? [] : ["-initrd", initrd]),
    ...["-append", `root=${root} rw console=${platform.console} quiet panic=-1 init=/bin/sh -- -c "echo cnibench: up"`],
  ];
  const started = performance.now();
  const output = await host.shell.exec(argv, { timeout: BOOT_TIMEOUT_S });
  if (!output.stdout.includes("cnibench: up"))
    throw new Error(`the image does not boot: ${output.stdout.slice(-300)}${output.stderr}`);
  return performance.now() - started;
}

async function timeSsh(host: Host, cluster: BareCluster): Promise<number[]> {
  const { shell, clock, signal } = host;
  const enter = cluster.enterCommand(cluster.nodes[0]!);
  const login = enter.slice(0, enter.indexOf("nsenter")).filter((word) => word !== "-t");
  const dir = makeTempDir(host, "bench");
  const [ssh = "", ...options] = login;
  const control = (...more: readonly string[]): readonly string[] => [
    ssh,
    "-o",
    `ControlPath=${join(dir, "ssh")}`,
    ...more,
    ...options,
  ];
  const master = shell.start([...control("-o", "ControlMaster=yes"), "cat"]);
  const isConnected = async (): Promise<boolean> =>
    (await shell.exec(control("-O", "check"), { timeout: 1 })).exitCode === 0;
  try {
    await waitUntil("ssh did not connect", isConnected, { timeout: CONNECT_TIMEOUT_S, every: 0.05, signal, clock });
    return await timeEach(COMMANDS / BOOTS, () => run(shell, [...control(), "true"]));
  } finally {
    master.kill();
    await master.done;
    rmSync(dir, { recursive: true, force: true });
  }
}
