/** What differs between the processors that nodes are emulated or accelerated on: programs, packages and device names. */
import { arch } from "node:os";
import { EnvironmentError } from "../../core/errors.ts";

export interface Platform {
  /** Debian's name of the architecture. */
  readonly debian: string;
  readonly qemu: string;
  readonly machine: string;
  readonly console: string;
  /** Debian's kernel for virtual machines. */
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

/** @throws EnvironmentError on a processor that cnibench has no virtual machines for. */
export function platformOf(processor: string = arch()): Platform {
  const platform = PLATFORMS[processor];
  if (platform === undefined)
    throw new EnvironmentError(`there are no VM clusters on ${processor}; use --cluster netns`);
  return platform;
}
