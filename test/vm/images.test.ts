/** Disks of the user's: where their root file system is, and that nobody writes to them. */
import { readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { chooseImage } from "../../clusters/vm/image.ts";
import { builtImageDir, DEFAULT_MACHINE, vm } from "../../clusters/vm/vm.ts";
import { run } from "../../core/shell.ts";
import { temporaryDir } from "../helpers/cnibench.ts";
import { writeOverlay } from "../helpers/qcow2.ts";
import { skipReason } from "./prerequisites.ts";

const base = join(builtImageDir(), "root.img");
const parts = { kernel: join(builtImageDir(), "vmlinuz"), initrd: join(builtImageDir(), "initrd") };
const look = (image: string) => chooseImage({ ...DEFAULT_MACHINE, ...parts, image }, "");
const newFile = (): string => join(temporaryDir(), "disk, of mine");

/** The base is too large to be read for every test: the kernel notes when somebody writes to it. */
function stateOf(image: string): unknown[] {
  return [readFileSync(image), statSync(base, { bigint: true }).mtimeNs];
}

describe.skipIf(skipReason !== null)("a disk of the user's", () => {
  test("whose whole is a file system", async () => {
    const qcow2 = newFile();
    writeOverlay(qcow2, base);
    expect(await look(base)).toMatchObject({ format: "raw", root: "/dev/vda" });
    expect(await look(qcow2)).toMatchObject({ disk: qcow2, format: "qcow2", root: "/dev/vda" });
  });

  test("with partitions", async () => {
    const raw = newFile();
    const qcow2 = newFile();
    writeFileSync(raw, "");
    truncateSync(raw, 2 ** 20);
    writeOverlay(qcow2, raw);
    expect(await look(raw)).toMatchObject({ format: "raw", root: "/dev/vda1" });
    expect(await look(qcow2)).toMatchObject({ format: "qcow2", root: "/dev/vda1" });
  });

  test("that is broken is told before anything boots", async () => {
    const broken = newFile();
    writeFileSync(broken, Buffer.concat([Buffer.from("QFI\u00fb", "latin1"), Buffer.alloc(4096)]));
    await expect(look(broken)).rejects.toThrow(
      /QEMU cannot read --vm-image .*disk, of mine .*Unsupported qcow2 version 0.*; it must be a raw or qcow2 disk/,
    );
  });

  test("is booted by two clusters at once: neither sees what the other wrote, and it is as it was", async () => {
    const image = newFile();
    writeOverlay(image, base);
    const before = stateOf(image);
    const create = () =>
      vm.create(
        { nodes: 1, underlayMtu: 1500, machine: { ...DEFAULT_MACHINE, ...parts, image } },
        new AbortController().signal,
      );
    const clusters = await Promise.allSettled([create(), create()]);
    try {
      const shells = clusters.map((one) => {
        if (one.status === "rejected") throw one.reason;
        return one.value.nodes[0]!.shell;
      });
      for (const [i, shell] of shells.entries())
        await run(shell, ["sh", "-c", 'set -C; echo "$1" >/etc/mine && sync', "sh", String(i)]);
      expect(await Promise.all(shells.map((shell) => run(shell, ["cat", "/etc/mine"])))).toEqual(["0\n", "1\n"]);
      expect(stateOf(image)).toEqual(before);
    } finally {
      for (const one of clusters) if (one.status === "fulfilled") await one.value[Symbol.asyncDispose]();
    }
  });
});
