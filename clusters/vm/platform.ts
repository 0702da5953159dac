/** What depends on the processor of this host: binaries, packages and device names. */
import { arch } from "node:os";
import { EnvironmentError } from "../../core/errors.ts";

/** QEMU and Debian on one processor architecture. */
export interface Platform {
  /** Debian's name for the architecture. */
  readonly debian: string;
  /** Binary of QEMU. */
  readonly qemu: string;
  /** Machine type of QEMU. */
  readonly machine: string;
  /** Device name of the serial console. */
  readonly console: string;
  /** Package of Debian's kernel for virtual machines. */
  readonly kernelPackage: string;
}

const PLATFORMS: Readonly<Record<string, Platform>> = {
  x64: {
    debian: "amd64",
    qemu: "qemu-system-x86_64",
    machine: "q35",
    console: "ttyS0",
    kernelPackage: "linux-image-cloud-amd64",
  },
  arm64: {
    debian: "arm64",
    qemu: "qemu-system-aarch64",
    machine: "virt,gic-version=max",
    console: "ttyAMA0",
    kernelPackage: "linux-image-cloud-arm64",
  },
};

/** @throws EnvironmentError on an unsupported processor */
export function platformOf(processor: string = arch()): Platform {
  const platform = PLATFORMS[processor];
  if (platform === undefined)
    throw new EnvironmentError(`VM clusters are not supported on ${processor}; use --cluster netns`);
  return platform;
}
