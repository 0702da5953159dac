/**
 * Whether KVM really runs a stock kernel here. /dev/kvm may exist and stop it with an "internal error", so it is tried: the
 * kernel alone, without a disk, must come as far as missing its root file system.
 */
import { createHash } from "node:crypto";
import { accessSync, constants, createReadStream, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { localShell } from "../../core/local.ts";
import { cacheDir } from "../../core/tools/cache.ts";
import { processor, type Acceleration } from "./launch.ts";
import type { Platform } from "./platform.ts";

/** Seconds: under KVM it takes about one. */
const LIMIT = 15;
const CAME_FAR = /Unable to mount root fs/;

export interface Verdict {
  readonly acceleration: Acceleration;
  /** Why it is not KVM; null where it is. */
  readonly why: string | null;
}

/** The verdict is kept for this kernel, this QEMU and this boot of the host. */
export async function probeAcceleration(platform: Platform, qemu: string, kernel: string): Promise<Verdict> {
  const refused = refusal();
  if (refused !== null) return { acceleration: "tcg", why: refused };
  const file = join(cacheDir(), "vm/acceleration", await keyOf(qemu, kernel));
  if (existsSync(file)) return parse(readFileSync(file, "utf8"));
  const verdict = await boot(platform, qemu, kernel);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(verdict));
  return verdict;
}

function refusal(): string | null {
  if (!existsSync("/dev/kvm")) return "this machine has no /dev/kvm";
  try {
    accessSync("/dev/kvm", constants.R_OK | constants.W_OK);
    return null;
  } catch {
    return "this user may not use /dev/kvm (the group kvm may)";
  }
}

async function boot(platform: Platform, qemu: string, kernel: string): Promise<Verdict> {
  const argv = [
    ...["setpriv", "--pdeathsig", "KILL", "--", qemu, "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-serial", "stdio"],
    ...[...processor(platform, "kvm"), "-m", "512M", "-kernel", kernel, "-append", `console=${platform.console} panic=-1`],
  ];
  const output = await localShell().exec(argv, { timeout: LIMIT, maxBytes: 2 ** 20 });
  if (CAME_FAR.test(output.stdout)) return { acceleration: "kvm", why: null };
  const said = /KVM internal error.*|kvm.*failed.*|failed to initialize kvm.*/i.exec(output.stderr)?.[0];
  return { acceleration: "tcg", why: `a stock kernel does not boot under KVM here (${said?.slice(0, 100) ?? `nothing within ${LIMIT} s`})` };
}

async function keyOf(qemu: string, kernel: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(kernel), hash, { end: false });
  hash.update(qemu).update(readFileSync("/proc/sys/kernel/random/boot_id"));
  return hash.digest("hex").slice(0, 24);
}

/** A file that somebody edited means emulation: slower, never wrong. */
function parse(text: string): Verdict {
  try {
    const { acceleration, why } = JSON.parse(text) as Partial<Verdict>;
    return acceleration === "kvm" ? { acceleration, why: null } : { acceleration: "tcg", why: String(why) };
  } catch {
    return { acceleration: "tcg", why: "the kept verdict of the probe cannot be read" };
  }
}
