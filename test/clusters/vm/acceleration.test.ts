/** The KVM test, with scripted outputs of QEMU and a file instead of /dev/kvm. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { probeAcceleration, type AccelerationResult } from "../../../clusters/vm/acceleration.ts";
import { platformOf } from "../../../clusters/vm/platform.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { fakeHost, type FakeHost, type Reply } from "../../helpers/fake-host.ts";

const KVM: AccelerationResult = { acceleration: "kvm", why: null };
const BOOTS: Reply = { stdout: "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)\n" };
const KVM_FAILS: Reply = { stderr: "KVM internal error. Suberror: 1\n", exitCode: null, ended: "timeout" };
const TIMED_OUT: Reply = { exitCode: null, ended: "timeout" };
const NO_MEMORY: Reply = { stderr: "qemu: cannot set up guest memory\n", exitCode: 1 };

let dir = "";
beforeEach(() => {
  dir = temporaryDir();
  for (const name of ["kvm", "vmlinuz", "qemu"]) writeFileSync(join(dir, name), dir);
});

/** Returns a host with a QEMU that prints this. */
function hostWith(qemu: Reply): FakeHost {
  return fakeHost({ "setpriv --pdeathsig KILL --": qemu }, { env: { CNIBENCH_CACHE: join(dir, "cache") } });
}

function probe(host: FakeHost): Promise<AccelerationResult> {
  const [qemu, kernel, device] = [join(dir, "qemu"), join(dir, "vmlinuz"), join(dir, "kvm")];
  return probeAcceleration(host, { platform: platformOf("x64"), qemu, kernel, device, timeout: 0.5 });
}

function cachedResults(): unknown[] {
  const cache = join(dir, "cache/vm/acceleration");
  return existsSync(cache)
    ? readdirSync(cache).map((name) => JSON.parse(readFileSync(join(cache, name), "utf8")) as unknown)
    : [];
}

test("a kernel that misses its disk has booted, and the result is cached for this QEMU", async () => {
  const host = hostWith(BOOTS);
  expect(await probe(host)).toEqual(KVM);
  expect(cachedResults()).toEqual([{ ...KVM, until: null }]);
  expect(await probe(host)).toEqual(KVM);
  expect(host.shell.calls).toHaveLength(1);
  expect(host.shell.calls[0]?.argv).toEqual(
    expect.arrayContaining([join(dir, "qemu"), "-kernel", join(dir, "vmlinuz")]),
  );
  writeFileSync(join(dir, "qemu"), "another release");
  expect(await probe(host)).toEqual(KVM);
  expect(host.shell.calls).toHaveLength(2);
});

test("an unreadable cached result is ignored", async () => {
  const host = hostWith(BOOTS);
  await probe(host);
  const [name = ""] = readdirSync(join(dir, "cache/vm/acceleration"));
  writeFileSync(join(dir, "cache/vm/acceleration", name), '{"acceleration":"k');
  expect(await probe(host)).toEqual(KVM);
  expect(host.shell.calls).toHaveLength(2);
  expect(cachedResults()).toEqual([{ ...KVM, until: null }]);
});

test("an error of KVM itself is reported and cached", async () => {
  const why = expect.stringMatching(/\(KVM internal error\. Suberror: 1\)$/) as string;
  expect(await probe(hostWith(KVM_FAILS))).toEqual({ acceleration: "tcg", why });
  expect(cachedResults()).toEqual([{ acceleration: "tcg", why, until: null }]);
});

test.each([
  ["without output", TIMED_OUT, /\(no result within 0\.5 s\)$/],
  ["that exits immediately", NO_MEMORY, /\(QEMU failed with exit code 1: qemu: cannot set up guest memory\)$/],
])("the result of a QEMU %s is cached for an hour", async (_, reply, why) => {
  const host = hostWith(reply);
  const result = await probe(host);
  expect(result).toEqual({ acceleration: "tcg", why: expect.stringMatching(why) as string });
  host.clock.advance(3600);
  expect(await probe(host)).toEqual(result);
  expect(host.shell.calls).toHaveLength(1);
  host.clock.advance(1);
  expect(await probe(host)).toEqual(result);
  expect(host.shell.calls).toHaveLength(2);
});

test("an interrupt ends the test without a result", async () => {
  const controller = new AbortController();
  const interrupt: Reply = () => {
    controller.abort(new Error("interrupted"));
    return { exitCode: null, ended: "abort" };
  };
  await expect(probe({ ...hostWith(interrupt), signal: controller.signal })).rejects.toThrow("interrupted");
  expect(cachedResults()).toEqual([]);
});

test("QEMU is not started without /dev/kvm", async () => {
  const device = join(dir, "nothing");
  const unused = { platform: platformOf("x64"), qemu: "/nowhere", kernel: "/nowhere" };
  expect(await probeAcceleration(fakeHost(), { ...unused, device })).toEqual({
    acceleration: "tcg",
    why: `this host has no ${device}`,
  });
});
