/** KVM is tried; QEMU is played by a script, and /dev/kvm by a file. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { probeAcceleration, type AccelerationResult } from "../../../clusters/vm/acceleration.ts";
import { platformOf } from "../../../clusters/vm/platform.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";

const FINE = "echo 'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)'";
const BROKEN = "echo 'KVM internal error. Suberror: 1' >&2; exec sleep 60";
const KVM: AccelerationResult = { acceleration: "kvm", why: null };

let folder = "";
beforeEach(() => {
  folder = temporaryDir();
  for (const name of ["kvm", "vmlinuz"]) writeFileSync(join(folder, name), folder);
  vi.stubEnv("CNIBENCH_CACHE", join(folder, "cache"));
  return () => vi.unstubAllEnvs();
});

/** @param script what QEMU does. @param limit seconds */
function probe(script: string, limit = 10, signal?: AbortSignal): Promise<AccelerationResult> {
  const qemu = join(folder, "qemu");
  writeFileSync(qemu, `#!/bin/sh\necho >>"$0.started"\n${script}\n`, { mode: 0o755 });
  return probeAcceleration(platformOf("x64"), qemu, join(folder, "vmlinuz"), {
    device: join(folder, "kvm"),
    limit,
    ...(signal && { signal }),
  });
}

const starts = (): number => readFileSync(join(folder, "qemu.started"), "utf8").length;

/** Asks without another word to QEMU. */
const again = (): Promise<AccelerationResult> =>
  probeAcceleration(platformOf("x64"), join(folder, "qemu"), join(folder, "vmlinuz"), { device: join(folder, "kvm") });

function kept(): unknown[] {
  const verdicts = join(folder, "cache/vm/acceleration");
  return existsSync(verdicts)
    ? readdirSync(verdicts).map((name) => JSON.parse(readFileSync(join(verdicts, name), "utf8")) as unknown)
    : [];
}

test("a kernel that misses its disk has run, and that is kept for this QEMU", async () => {
  expect(await probe(FINE)).toEqual(KVM);
  expect(kept()).toEqual([{ ...KVM, until: null }]);
  expect(await again()).toEqual(KVM);
  expect(starts()).toBe(1);
  expect((await probe(`${FINE} # a newer one`)).acceleration).toBe("kvm");
  expect(starts()).toBe(2);
});

test("a kept verdict that cannot be read is none", async () => {
  await probe(FINE);
  const [name = ""] = readdirSync(join(folder, "cache/vm/acceleration"));
  writeFileSync(join(folder, "cache/vm/acceleration", name), '{"acceleration":"k');
  expect(await again()).toEqual(KVM);
  expect(starts()).toBe(2);
  expect(kept()).toEqual([{ ...KVM, until: null }]);
});

test("KVM's own word against it is told and kept", async () => {
  const why = "a stock kernel does not boot under KVM here (KVM internal error. Suberror: 1)";
  expect(await probe(BROKEN, 0.5)).toEqual({ acceleration: "tcg", why });
  expect(kept()).toEqual([{ acceleration: "tcg", why, until: null }]);
});

test.each([
  ["that is silent", "exec sleep 60", /\(nothing within 0\.5 s\)$/],
  [
    "that ends at once",
    "echo 'cannot set up guest memory' >&2; exit 1",
    /\(QEMU failed with exit code 1: cannot set up guest memory\)$/,
  ],
])("a QEMU %s is not asked again for an hour", async (_, script, why) => {
  const verdict = await probe(script, 0.5);
  expect(verdict).toEqual({ acceleration: "tcg", why: expect.stringMatching(why) as string });
  expect(await again()).toEqual(verdict);
  expect(starts()).toBe(1);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3600_000 });
  onTestFinished(() => void vi.useRealTimers());
  expect((await probe(script, 0.5)).acceleration).toBe("tcg");
  expect(starts()).toBe(2);
});

test("an interrupt ends it, without a verdict", async () => {
  const controller = new AbortController();
  const probing = probe("exec sleep 60", 50, controller.signal);
  controller.abort(new Error("interrupted"));
  await expect(probing).rejects.toThrow("interrupted");
  expect(kept()).toEqual([]);
});

test("without /dev/kvm nothing is started", async () => {
  const device = join(folder, "nothing");
  expect(await probeAcceleration(platformOf("x64"), "/nowhere", "/nowhere", { device })).toEqual({
    acceleration: "tcg",
    why: `this machine has no ${device}`,
  });
});
