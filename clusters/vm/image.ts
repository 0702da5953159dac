/** What nodes boot: the image that cnibench built, or files of the user's. */
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Problem } from "../../core/model.ts";
import { cacheDir } from "../../core/tools/cache.ts";
import type { MachineSpec } from "../cluster.ts";

export interface Image {
  readonly disk: string;
  readonly format: "raw" | "qcow2";
  /** As the kernel names the disk with the root file system. */
  readonly root: string;
  readonly kernel: string;
  /** null: the kernel has its drivers built in. */
  readonly initrd: string | null;
}

const QCOW2 = Buffer.from("QFI\xfb", "latin1");
/** Where an ext file system has its magic number. */
const EXT = { at: 0x438, magic: Buffer.from([0x53, 0xef]) };

/** @param hash of the recipe. */
export function imageFolder(hash: string): string {
  return join(cacheDir(), "vm", hash);
}

export function isBuilt(folder: string): boolean {
  return ["root.img", "vmlinuz", "initrd", "packages"].every((name) => existsSync(join(folder, name)));
}

/** Packages of the built image, `name version architecture` a line: with them the image can be made again. */
export function packagesOf(folder: string): string {
  return readFileSync(join(folder, "packages"), "utf8");
}

/** What stands in the way of booting these files. */
export function imageProblems({ image, kernel, initrd }: MachineSpec, built: string): Problem[] {
  const missing = [["--vm-image", image], ["--vm-kernel", kernel], ["--vm-initrd", initrd]].flatMap(([flag = "", file]) => {
    const fine = file === null || file === undefined || (statSync(file, { throwIfNoEntry: false })?.isFile() ?? false);
    return fine ? [] : [{ message: `${flag} ${file} is no file; check the path` }];
  });
  if (image !== null && kernel === null) return [...missing, { message: "--vm-image needs --vm-kernel, the kernel whose modules are in the image (and mostly --vm-initrd)" }];
  if (initrd !== null && kernel === null) return [...missing, { message: "--vm-initrd needs --vm-kernel, the kernel that it belongs to" }];
  if (image !== null || isBuilt(built)) return missing;
  return [...missing, { message: "the image of VM nodes is not built", fix: "cnibench setup --cluster vm" }];
}

/** @param built folder of the image that cnibench built. */
export function chooseImage({ image, kernel, initrd }: MachineSpec, built: string): Image {
  const disk = image ?? join(built, "root.img");
  const format = startsWith(disk, QCOW2, 0) ? "qcow2" : "raw";
  return {
    disk,
    format,
    root: format === "raw" && startsWith(disk, EXT.magic, EXT.at) ? "/dev/vda" : "/dev/vda1",
    kernel: kernel ?? join(built, "vmlinuz"),
    initrd: kernel === null ? join(built, "initrd") : initrd,
  };
}

function startsWith(file: string, magic: Buffer, at: number): boolean {
  const found = Buffer.alloc(magic.length);
  const handle = openSync(file, "r");
  try {
    readSync(handle, found, 0, found.length, at);
  } finally {
    closeSync(handle);
  }
  return found.equals(magic);
}
