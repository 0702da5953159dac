/** What nodes boot: the image that cnibench built, or the user's files. */
import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError, lastLine, type Problem } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { succeeded } from "../../core/shell.ts";
import { cacheDir, findTool } from "../../tools/index.ts";
import type { MachineOptions } from "./options.ts";
import { platformOf } from "./platform.ts";

/** The files that a node boots. */
export interface BootImage {
  readonly disk: string;
  readonly format: "raw" | "qcow2";
  /** The kernel's name of the disk or partition with the root file system. */
  readonly root: string;
  readonly kernel: string;
  /** null: the kernel has all required drivers built in. */
  readonly initrd: string | null;
}

const QCOW2 = Buffer.from("QFI\xfb", "latin1");
/** Offset and value of the magic number of ext file systems. */
const EXT_SIGNATURE = { at: 0x438, magic: "53 ef" };
/** Seconds for QEMU to read a disk. */
const INSPECT_TIMEOUT_S = 10;

/** Returns the directory of an image in the cache. @param hash hash of its recipe */
export function imageDir(host: Host, hash: string): string {
  return join(cacheDir(host), "vm", hash);
}

/**
 * Returns the kernel for testing KVM: Debian's if the image is built, because a custom kernel may fail for other
 * reasons.
 */
export function kernelForKvmProbe({ kernel }: MachineOptions, builtDir: string): string {
  return kernel === null || isBuilt(builtDir) ? join(builtDir, "vmlinuz") : kernel;
}

/** Reports whether a directory contains a complete image. */
export function isBuilt(dir: string): boolean {
  return ["root.img", "vmlinuz", "initrd", "packages"].every((name) => existsSync(join(dir, name)));
}

/** Returns why the image that cnibench builds is missing, unless the user passed another one. */
export function imageProblems({ image }: MachineOptions, builtDir: string): Problem[] {
  if (image !== null || isBuilt(builtDir)) return [];
  return [{ message: "the VM node image is not built", fix: "cnibench setup --cluster vm" }];
}

/**
 * Chooses the files to boot.
 * @param builtDir see {@link kernelForKvmProbe}
 * @throws EnvironmentError if QEMU cannot read the image
 */
export async function chooseImage(
  host: Host,
  { image, kernel, initrd }: MachineOptions,
  builtDir: string,
): Promise<BootImage> {
  const disk =
    image === null
      ? ({ disk: join(builtDir, "root.img"), format: "raw", root: "/dev/vda" } as const)
      : await inspectDisk(host, image);
  return {
    ...disk,
    kernel: kernel ?? join(builtDir, "vmlinuz"),
    initrd: kernel === null ? join(builtDir, "initrd") : initrd,
  };
}

/**
 * Determines the format of a disk and where its root file system is: an ext file system may fill the entire disk,
 * any other is expected on the first partition. QEMU reads the disk, because qcow2 images can be compressed or have
 * a backing file.
 */
async function inspectDisk(host: Host, disk: string): Promise<Pick<BootImage, "disk" | "format" | "root">> {
  const { qemu } = platformOf();
  const format = isQcow2(disk) ? "qcow2" : "raw";
  const minimalArgs = ["-nodefaults", "-no-user-config", "-machine", "none", "-display", "none", "-monitor", "stdio"];
  const argv = [
    findTool(host, qemu) ?? qemu,
    ...minimalArgs,
    "-drive",
    `if=none,id=disk,read-only=on,format=${format},file=${escapeCommas(disk)}`,
  ];
  const output = await host.shell.exec(argv, {
    stdin: `qemu-io disk "read -v ${EXT_SIGNATURE.at} 2"\nquit\n`,
    timeout: INSPECT_TIMEOUT_S,
  });
  if (!succeeded(output))
    throw new EnvironmentError(
      `QEMU cannot read --vm-image ${disk} (${lastLine(output.stderr)}); expected a raw or qcow2 disk`,
    );
  return { disk, format, root: output.stdout.includes(`:  ${EXT_SIGNATURE.magic}`) ? "/dev/vda" : "/dev/vda1" };
}

/** Escapes commas in the value of a QEMU option. */
export function escapeCommas(text: string): string {
  return text.replaceAll(",", ",,");
}

function isQcow2(file: string): boolean {
  const found = Buffer.alloc(QCOW2.length);
  const handle = openSync(file, "r");
  try {
    readSync(handle, found);
  } finally {
    closeSync(handle);
  }
  return found.equals(QCOW2);
}
