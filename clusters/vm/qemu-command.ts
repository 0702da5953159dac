/**
 * The command line of QEMU for one node. Pure. Source: qemu-system(1), "Network options" and "Linux/Multiboot boot
 * specific".
 */
import { join } from "node:path";
import { escapeCommas, type BootImage } from "./image.ts";
import type { MachineOptions } from "./options.ts";
import type { Platform } from "./platform.ts";

/** `kvm`: by the processor; `tcg`: software emulation. */
export type Acceleration = "kvm" | "tcg";

/** Everything that determines the command line of one node. */
export interface QemuLaunch {
  /** Label of the process, by which `clean` finds it. */
  readonly label: string;
  /** 1 for the first node. */
  readonly index: number;
  readonly nodes: number;
  readonly platform: Platform;
  readonly acceleration: Acceleration;
  readonly image: BootImage;
  readonly machine: Pick<MachineOptions, "memory" | "cpus" | "nics" | "underlay">;
  /** Archive that the node extracts during boot. */
  readonly seed: string;
  /** Directory of the sockets that connect the nodes. */
  readonly socketDir: string;
  /** Command prefix that runs QEMU in the namespace of the bridges; empty for sockets. */
  readonly enterCommand: readonly string[];
  /** Port on 127.0.0.1 that is forwarded to the node's sshd. */
  readonly port: number;
}

/** First process of the node, so that images need no preparation. The seed is the second drive. */
const INIT_COMMAND = [
  "mount -t tmpfs -o mode=755 tmpfs /run",
  "mkdir /run/cnibench",
  "tar -xf /dev/vdb -C /run/cnibench",
  "exec sh /run/cnibench/node-init.sh",
].join(" && ");

/** Returns the command that runs a node. */
export function qemuArgv(launch: QemuLaunch): readonly string[] {
  const { label, platform, acceleration, image, machine, seed, enterCommand } = launch;
  return [
    // The machine is killed together with cnibench.
    ...[...enterCommand, "setpriv", "--pdeathsig", "KILL", "--", platform.qemu, "-name", label],
    ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-serial", "stdio"],
    ...processorArgs(platform, acceleration),
    ...["-smp", String(machine.cpus), "-m", `${Math.ceil(machine.memory / 2 ** 20)}M`],
    ...["-kernel", image.kernel],
    ...(image.initrd === null ? [] : ["-initrd", image.initrd]),
    ...["-append", kernelCommandLine(platform, image)],
    // Writes go to an unlinked file, which disappears with the process.
    ...["-drive", `file=${escapeCommas(image.disk)},format=${image.format},if=virtio,snapshot=on`],
    ...["-drive", `file=${escapeCommas(seed)},format=raw,if=virtio,readonly=on`],
    ...Array.from({ length: machine.nics }, (_, nic) => underlayArgs(launch, nic)).flat(),
    ...["-netdev", `user,id=control,restrict=on,ipv6=off,hostfwd=tcp:127.0.0.1:${launch.port}-10.0.2.15:22`],
    ...["-device", nicDevice("control", controlMac(launch.index))],
  ];
}

/** Returns the arguments for the machine type, the accelerator and the CPU model. */
export function processorArgs({ machine }: Platform, acceleration: Acceleration): readonly string[] {
  const model = acceleration === "kvm" ? "host" : "max";
  return ["-machine", machine, "-accel", acceleration === "kvm" ? "kvm" : "tcg,thread=multi", "-cpu", model];
}

function kernelCommandLine({ console }: Platform, { root }: BootImage): string {
  const fixed = "net.ifnames=0 quiet loglevel=4 panic=-1";
  return `root=${root} rw console=${console} ${fixed} init=/bin/sh -- -c "${INIT_COMMAND}"`;
}

/**
 * Returns the arguments for one network between the nodes: an existing bridge, or a hub inside the QEMU of the
 * first node, to which the other nodes connect through sockets in a private directory. Sockets need no root and no
 * ports, and no other user can connect.
 */
function underlayArgs({ index, nodes, socketDir, machine }: QemuLaunch, nic: number): readonly string[] {
  const device = ["-device", nicDevice(`nic${nic}`, underlayMac(nic, index))];
  if (machine.underlay === "tap")
    return ["-netdev", `tap,id=nic${nic},ifname=${tapName(nic, index)},script=no,downscript=no`, ...device];
  if (index > 1)
    return [
      "-netdev",
      `stream,id=nic${nic},server=off,addr.type=unix,addr.path=${escapeCommas(socketPath(socketDir, nic, index))}`,
      ...device,
    ];
  const peers = Array.from({ length: nodes - 1 }, (_, i) => i + 2).flatMap((peer) => {
    const id = `nic${nic}-node${peer}`;
    const path = escapeCommas(socketPath(socketDir, nic, peer));
    const socket = `stream,id=${id},server=on,addr.type=unix,addr.path=${path}`;
    return ["-netdev", socket, "-netdev", `hubport,id=${id}-hub,hubid=${nic},netdev=${id}`];
  });
  return [...peers, "-netdev", `hubport,id=nic${nic},hubid=${nic}`, ...device];
}

/** Returns the sockets that the first node listens on. */
export function socketPaths(socketDir: string, nodes: number, nics: number): readonly string[] {
  return Array.from({ length: nics }, (_, nic) =>
    Array.from({ length: nodes - 1 }, (_unused, i) => socketPath(socketDir, nic, i + 2)),
  ).flat();
}

/** Returns the tap interface of a node on a bridge. */
export function tapName(nic: number, node: number): string {
  return `tap${nic}-${node}`;
}

function socketPath(socketDir: string, nic: number, node: number): string {
  return join(socketDir, `${nic}-${node}`);
}

function nicDevice(netdev: string, mac: string): string {
  return `virtio-net-pci,netdev=${netdev},mac=${mac},romfile=`;
}

export function underlayMac(nic: number, index: number): string {
  return `52:54:00:00:${hex(nic)}:${hex(index)}`;
}

export function controlMac(index: number): string {
  return `52:54:00:ff:00:${hex(index)}`;
}

function hex(value: number): string {
  return value.toString(16).padStart(2, "0");
}
