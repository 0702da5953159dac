/** The KVM test, with a shell script instead of QEMU and a file instead of /dev/kvm. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { probeAcceleration, type AccelerationResult } from "../../../clusters/vm/acceleration.ts";
import { platformOf } from "../../../clusters/vm/platform.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";

const BOOTS = "echo 'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)'";
const KVM_FAILS = "echo 'KVM internal error. Suberror: 1' >&2; exec sleep 60";
const KVM: AccelerationResult = { acceleration: "kvm", why: null };

let dir = "";
beforeEach(() => {
  dir = temporaryDir();
  for (const name of ["kvm", "vmlinuz"]) writeFileSync(join(dir, name), dir);
  vi.stubEnv("CNIBENCH_CACHE", join(dir, "cache"));
  return () => vi.unstubAllEnvs();
});

/** Probes with a fake QEMU. @param timeout seconds */
function probe(script: string, timeout = 10, signal?: AbortSignal): Promise<AccelerationResult> {
  const qemu = join(dir, "qemu");
  writeFileSync(qemu, `#!/bin/sh\necho >>"$0.started"\n${script}\n`, { mode: 0o755 });
  return probeAcceleration(platformOf("x64"), qemu, join(dir, "vmlinuz"), {
    device: join(dir, "kvm"),
    timeout,
    ...(signal && { signal }),
  });
}

const starts = (): number => readFileSync(join(dir, "qemu.started"), "utf8").length;

/** Probes with the same QEMU. */
const probeAgain = (): Promise<AccelerationResult> =>
  probeAcceleration(platformOf("x64"), join(dir, "qemu"), join(dir, "vmlinuz"), { device: join(dir, "kvm") });

function cachedResults(): unknown[] {
  const cache = join(dir, "cache/vm/acceleration");
  return existsSync(cache)
    ? readdirSync(cache).map((name) => JSON.parse(readFileSync(join(cache, name), "utf8")) as unknown)
    : [];
}

test("a kernel that misses its disk has booted, and the result is cached for this QEMU", async () => {
  expect(await probe(BOOTS)).toEqual(KVM);
  expect(cachedResults()).toEqual([{ ...KVM, until: null }]);
  expect(await probeAgain()).toEqual(KVM);
  expect(starts()).toBe(1);
  expect((await probe(`${BOOTS} # a newer one`)).acceleration).toBe("kvm");
  expect(starts()).toBe(2);
});

test("an unreadable cached result is ignored", async () => {
  await probe(BOOTS);
  const [name = ""] = readdirSync(join(dir, "cache/vm/acceleration"));
  writeFileSync(join(dir, "cache/vm/acceleration", name), '{"acceleration":"k');
  expect(await probeAgain()).toEqual(KVM);
  expect(starts()).toBe(2);
  expect(cachedResults()).toEqual([{ ...KVM, until: null }]);
});

test("an error of KVM itself is reported and cached", async () => {
  const why = expect.stringMatching(/\(KVM internal error\. Suberror: 1\)$/) as string;
  expect(await probe(KVM_FAILS, 0.5)).toEqual({ acceleration: "tcg", why });
  expect(cachedResults()).toEqual([{ acceleration: "tcg", why, until: null }]);
});

test.each([
  ["without output", "exec sleep 60", /\(no result within 0\.5 s\)$/],
  [
    "that exits immediately",
    "echo 'cannot set up guest memory' >&2; exit 1",
    /\(QEMU failed with exit code 1: cannot set up guest memory\)$/,
  ],
])("the result of a QEMU %s is cached for an hour", async (_, script, why) => {
  const result = await probe(script, 0.5);
  expect(result).toEqual({ acceleration: "tcg", why: expect.stringMatching(why) as string });
  expect(await probeAgain()).toEqual(result);
  expect(starts()).toBe(1);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3600_000 });
  onTestFinished(() => void vi.useRealTimers());
  expect((await probe(script, 0.5)).acceleration).toBe("tcg");
  expect(starts()).toBe(2);
});

test("an interrupt ends the test without a result", async () => {
  const controller = new AbortController();
  const probing = probe("exec sleep 60", 50, controller.signal);
  controller.abort(new Error("interrupted"));
  await expect(probing).rejects.toThrow("interrupted");
  expect(cachedResults()).toEqual([]);
});

test("QEMU is not started without /dev/kvm", async () => {
  const device = join(dir, "nothing");
  expect(await probeAcceleration(platformOf("x64"), "/nowhere", "/nowhere", { device })).toEqual({
    acceleration: "tcg",
    why: `this host has no ${device}`,
  });
});
