/** What nodes boot: the image that cnibench built, or files of the user's. */
import { accessSync, closeSync, constants, existsSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError, lastLine, messageOf } from "../../core/errors.ts";
import { localShell } from "../../core/local.ts";
import type { Problem } from "../../core/model.ts";
import { succeeded } from "../../core/shell.ts";
import { cacheDir } from "../../core/tools/cache.ts";
import { findTool } from "../../core/tools/find.ts";
import type { MachineSpec } from "../cluster.ts";
import { escapeCommas } from "./qemu-command.ts";
import { platformOf } from "./platform.ts";

export interface BootImage {
  readonly disk: string;
  readonly format: "raw" | "qcow2";
  /** As the kernel names the disk with the root file system. */
  readonly root: string;
  readonly kernel: string;
  /** null: the kernel has its drivers built in. */
  readonly initrd: string | null;
}

const QCOW2 = Buffer.from("QFI\xfb", "latin1");
/** Where an ext file system has its magic number, and what it is. */
const EXT_SIGNATURE = { at: 0x438, magic: "53 ef" };
/** Seconds. */
const INSPECT_TIMEOUT_S = 10;

/** @param hash of the recipe. */
export function imageDir(hash: string): string {
  return join(cacheDir(), "vm", hash);
}

/** The kernel that shows whether KVM works: Debian's, where the image is built, for one of the user's may have reasons of its own not to boot. */
export function probeKernel({ kernel }: MachineSpec, builtDir: string): string {
  return kernel === null || isBuilt(builtDir) ? join(builtDir, "vmlinuz") : kernel;
}

export function isBuilt(dir: string): boolean {
  return ["root.img", "vmlinuz", "initrd", "packages"].every((name) => existsSync(join(dir, name)));
}

/** What stands in the way of booting these files. */
export function imageProblems({ image, kernel, initrd }: MachineSpec, builtDir: string): Problem[] {
  const missing = Object.entries({ "--vm-image": image, "--vm-kernel": kernel, "--vm-initrd": initrd }).flatMap(
    ([flag, file]) => {
      const fault = file === null ? null : fileProblem(file);
      return fault === null ? [] : [{ message: `${flag} ${file} ${fault}` }];
    },
  );
  if (image !== null && kernel === null)
    return [
      ...missing,
      { message: "--vm-image needs --vm-kernel, the kernel whose modules are in the image (and mostly --vm-initrd)" },
    ];
  if (initrd !== null && kernel === null)
    return [...missing, { message: "--vm-initrd needs --vm-kernel, the kernel that it belongs to" }];
  if (image !== null || isBuilt(builtDir)) return missing;
  return [...missing, { message: "the image of VM nodes is not built", fix: "cnibench setup --cluster vm" }];
}

/** null: it is a file that can be read. */
function fileProblem(file: string): string | null {
  try {
    if (!(statSync(file, { throwIfNoEntry: false })?.isFile() ?? false)) return "is no file; check the path";
    accessSync(file, constants.R_OK);
    return null;
  } catch (error) {
    return `cannot be read (${messageOf(error)}); check the path, and who may read it`;
  }
}

/** @param builtDir folder of the image that cnibench built. @throws EnvironmentError: QEMU cannot read the user's */
export async function chooseImage({ image, kernel, initrd }: MachineSpec, builtDir: string): Promise<BootImage> {
  const disk =
    image === null
      ? ({ disk: join(builtDir, "root.img"), format: "raw", root: "/dev/vda" } as const)
      : await inspectDisk(image);
  return {
    ...disk,
    kernel: kernel ?? join(builtDir, "vmlinuz"),
    initrd: kernel === null ? join(builtDir, "initrd") : initrd,
  };
}

/** An ext file system may have the whole disk; any other root is on the first partition. QEMU reads it: a qcow2 can be compressed, or lie on top of another file. */
async function inspectDisk(disk: string): Promise<Pick<BootImage, "disk" | "format" | "root">> {
  const { qemu } = platformOf();
  const format = isQcow2(disk) ? "qcow2" : "raw";
  const minimalArgs = ["-nodefaults", "-no-user-config", "-machine", "none", "-display", "none", "-monitor", "stdio"];
  const argv = [
    findTool(qemu) ?? qemu,
    ...minimalArgs,
    "-drive",
    `if=none,id=disk,read-only=on,format=${format},file=${escapeCommas(disk)}`,
  ];
  const output = await localShell().exec(argv, {
    stdin: `qemu-io disk "read -v ${EXT_SIGNATURE.at} 2"\nquit\n`,
    timeout: INSPECT_TIMEOUT_S,
  });
  if (!succeeded(output))
    throw new EnvironmentError(
      `QEMU cannot read --vm-image ${disk} (${lastLine(output.stderr)}); it must be a raw or qcow2 disk`,
    );
  return { disk, format, root: output.stdout.includes(`:  ${EXT_SIGNATURE.magic}`) ? "/dev/vda" : "/dev/vda1" };
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
