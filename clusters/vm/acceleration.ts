/**
 * Determines whether KVM can boot a stock kernel on this host. Even if /dev/kvm exists, booting may fail with an
 * "internal error", so it is tried: the kernel alone, without a disk, must boot until it fails to find a root file
 * system.
 */
import { createHash } from "node:crypto";
import {
  accessSync,
  constants,
  createReadStream,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  statSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { writeAtomically } from "../../core/atomic-write.ts";
import { lastLine } from "../../core/errors.ts";
import { describeEnd } from "../../core/shell.ts";
import type { Host } from "../../core/host.ts";
import { cacheDir } from "../../tools/index.ts";
import { processorArgs, type Acceleration } from "./qemu-command.ts";
import type { Platform } from "./platform.ts";

/** Seconds to boot the kernel: under KVM it takes about one. */
const BOOT_TIMEOUT_S = 15;
/** Seconds for which an uncertain result is cached, because another attempt may have a different one. */
const UNCERTAIN_RESULT_TTL_S = 3600;
const KERNEL_BOOTED = /Unable to mount root fs/;
const KVM_ERROR = /KVM internal error.*|kvm.*failed.*|failed to initialize kvm.*/i;

/** The acceleration of virtual machines on this host. */
export interface AccelerationResult {
  readonly acceleration: Acceleration;
  /** Why KVM is not used; null if it is. */
  readonly why: string | null;
}

/** A result as it is stored in the cache. */
interface CachedResult extends AccelerationResult {
  /** Expiration, milliseconds since the epoch; null: never. */
  readonly until: number | null;
}

/** The boot that tests KVM. */
interface AccelerationProbe {
  readonly platform: Platform;
  /** Path of the QEMU binary. */
  readonly qemu: string;
  /** Path of the kernel to boot. */
  readonly kernel: string;
  /** Device file of KVM. Default: /dev/kvm. */
  readonly device?: string;
  /** Seconds to boot the kernel. */
  readonly timeout?: number;
}

/**
 * Returns the acceleration for this kernel, this QEMU and this boot of the host. Results are cached: for an hour if KVM
 * reported nothing itself, because the host may only have been busy.
 * @throws the signal's reason
 */
export async function probeAcceleration(host: Host, probe: AccelerationProbe): Promise<AccelerationResult> {
  const problem = deviceProblem(probe.device ?? "/dev/kvm");
  if (problem !== null) return { acceleration: "tcg", why: problem };
  const file = join(cacheDir(host), "vm/acceleration", await cacheKey(probe));
  const now = host.clock.date().getTime();
  const cached = readCached(file, now);
  if (cached !== null) return cached;
  const { certain, ...result } = await bootKernel(host, probe);
  writeCached(file, { ...result, until: certain ? null : now + UNCERTAIN_RESULT_TTL_S * 1000 });
  return result;
}

/** Returns why a device cannot be used, or null. */
function deviceProblem(device: string): string | null {
  if (!existsSync(device)) return `this host has no ${device}`;
  try {
    accessSync(device, constants.R_OK | constants.W_OK);
    return null;
  } catch {
    return `this user is not allowed to use ${device} (the group kvm is)`;
  }
}

/** `certain`: KVM itself reported the result. A busy host or a QEMU without KVM support does not count. */
async function bootKernel(
  { shell, signal }: Host,
  { platform, qemu, kernel, timeout = BOOT_TIMEOUT_S }: AccelerationProbe,
): Promise<AccelerationResult & { readonly certain: boolean }> {
  const argv = [
    ...["setpriv", "--pdeathsig", "KILL", "--", qemu],
    ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-serial", "stdio"],
    ...processorArgs(platform, "kvm"),
    ...["-m", "512M", "-kernel", kernel, "-append", `console=${platform.console} panic=-1`],
  ];
  const output = await shell.exec(argv, { timeout, maxBytes: 2 ** 20, signal });
  signal.throwIfAborted();
  if (KERNEL_BOOTED.test(output.stdout)) return { acceleration: "kvm", why: null, certain: true };
  const kvmError = KVM_ERROR.exec(output.stderr)?.[0].slice(0, 100);
  const outcome =
    output.ended === "timeout"
      ? `no result within ${timeout} s`
      : `QEMU ${describeEnd(output)}: ${lastLine(output.stderr) || lastLine(output.stdout)}`;
  return {
    acceleration: "tcg",
    why: `a stock kernel does not boot under KVM on this host (${kvmError ?? outcome})`,
    certain: kvmError !== undefined,
  };
}

/**
 * Returns a key that changes with the kernel, with QEMU, which may be replaced at the same path, and with every
 * boot.
 */
async function cacheKey({ qemu, kernel }: AccelerationProbe): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(kernel), hash, { end: false });
  const path = realpathSync(qemu);
  const { size, mtimeMs } = statSync(path);
  hash.update(JSON.stringify([path, size, mtimeMs])).update(readFileSync("/proc/sys/kernel/random/boot_id"));
  return hash.digest("hex").slice(0, 24);
}

function writeCached(file: string, result: CachedResult): void {
  mkdirSync(dirname(file), { recursive: true });
  writeAtomically(file, JSON.stringify(result));
}

/** Returns null without a valid result, or after its expiration. @param now milliseconds since the epoch */
function readCached(file: string, now: number): AccelerationResult | null {
  try {
    const { acceleration, why, until } = JSON.parse(readFileSync(file, "utf8")) as Partial<CachedResult>;
    if (typeof until === "number" && now > until) return null;
    if (acceleration === "kvm") return { acceleration, why: null };
    return acceleration === "tcg" && typeof why === "string" ? { acceleration, why } : null;
  } catch {
    return null;
  }
}
