/**
 * Whether KVM really runs a stock kernel here. /dev/kvm may exist and stop it with an "internal error", so it is tried: the
 * kernel alone, without a disk, must come as far as missing its root file system.
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
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { describeEnd, lastLine } from "../../core/errors.ts";
import { localShell } from "../../core/local.ts";
import { cacheDir } from "../../core/tools/cache.ts";
import { processorArgs, type Acceleration } from "./qemu-command.ts";
import type { Platform } from "./platform.ts";

/** Seconds: under KVM it takes about one. */
const BOOT_TIMEOUT_S = 15;
/** Seconds that a verdict counts which may be otherwise the next time. */
const UNCERTAIN_RESULT_TTL_S = 3600;
const KERNEL_BOOTED = /Unable to mount root fs/;
const KVM_ERROR = /KVM internal error.*|kvm.*failed.*|failed to initialize kvm.*/i;

export interface AccelerationResult {
  readonly acceleration: Acceleration;
  /** Why it is not KVM; null where it is. */
  readonly why: string | null;
}

interface CachedResult extends AccelerationResult {
  /** Milliseconds since the epoch; null: it stays so. */
  readonly until: number | null;
}

export interface ProbeOptions {
  readonly device?: string;
  /** Seconds that the kernel has. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

/**
 * The verdict is kept for this kernel, this QEMU and this boot of the host; for an hour where KVM itself has not said a word, as the
 * machine may only have been busy. @throws the signal's reason.
 */
export async function probeAcceleration(
  platform: Platform,
  qemu: string,
  kernel: string,
  options: ProbeOptions = {},
): Promise<AccelerationResult> {
  const problem = deviceProblem(options.device ?? "/dev/kvm");
  if (problem !== null) return { acceleration: "tcg", why: problem };
  const file = join(cacheDir(), "vm/acceleration", await cacheKey(qemu, kernel));
  const known = readCached(file);
  if (known !== null) return known;
  const { certain, ...verdict } = await bootKernel(platform, qemu, kernel, options);
  writeCached(file, { ...verdict, until: certain ? null : Date.now() + UNCERTAIN_RESULT_TTL_S * 1000 });
  return verdict;
}

function deviceProblem(device: string): string | null {
  if (!existsSync(device)) return `this machine has no ${device}`;
  try {
    accessSync(device, constants.R_OK | constants.W_OK);
    return null;
  } catch {
    return `this user may not use ${device} (the group kvm may)`;
  }
}

/** `certain`: KVM itself has shown it; a busy machine or a QEMU that lacks something has not. */
async function bootKernel(
  platform: Platform,
  qemu: string,
  kernel: string,
  { limit = BOOT_TIMEOUT_S, signal }: ProbeOptions,
): Promise<AccelerationResult & { readonly certain: boolean }> {
  const argv = [
    ...[
      "setpriv",
      "--pdeathsig",
      "KILL",
      "--",
      qemu,
      "-nodefaults",
      "-no-user-config",
      "-display",
      "none",
      "-no-reboot",
      "-serial",
      "stdio",
    ],
    ...[
      ...processorArgs(platform, "kvm"),
      "-m",
      "512M",
      "-kernel",
      kernel,
      "-append",
      `console=${platform.console} panic=-1`,
    ],
  ];
  const output = await localShell().exec(argv, { timeout: limit, maxBytes: 2 ** 20, ...(signal && { signal }) });
  signal?.throwIfAborted();
  if (KERNEL_BOOTED.test(output.stdout)) return { acceleration: "kvm", why: null, certain: true };
  const kvmError = KVM_ERROR.exec(output.stderr)?.[0].slice(0, 100);
  const outcome =
    output.ended === "timeout"
      ? `nothing within ${limit} s`
      : `QEMU ${describeEnd(output)}: ${lastLine(output.stderr) || lastLine(output.stdout)}`;
  return {
    acceleration: "tcg",
    why: `a stock kernel does not boot under KVM here (${kvmError ?? outcome})`,
    certain: kvmError !== undefined,
  };
}

/** Another QEMU may have the path of the one before. */
async function cacheKey(qemu: string, kernel: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(kernel), hash, { end: false });
  const path = realpathSync(qemu);
  const { size, mtimeMs } = statSync(path);
  hash.update(JSON.stringify([path, size, mtimeMs])).update(readFileSync("/proc/sys/kernel/random/boot_id"));
  return hash.digest("hex").slice(0, 24);
}

/** Whoever reads it at the same time sees the whole of it, or nothing. */
function writeCached(file: string, verdict: CachedResult): void {
  mkdirSync(dirname(file), { recursive: true });
  const temp = `${file}.${process.pid}`;
  writeFileSync(temp, JSON.stringify(verdict));
  renameSync(temp, file);
}

/** null: there is none that can be read and still counts. */
function readCached(file: string): AccelerationResult | null {
  try {
    const { acceleration, why, until } = JSON.parse(readFileSync(file, "utf8")) as Partial<CachedResult>;
    if (typeof until === "number" && Date.now() > until) return null;
    if (acceleration === "kvm") return { acceleration, why: null };
    return acceleration === "tcg" && typeof why === "string" ? { acceleration, why } : null;
  } catch {
    return null;
  }
}
