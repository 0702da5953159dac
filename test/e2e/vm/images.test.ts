/** Disks of the user: where their root file system is, and that they are never written to. */
import { readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { chooseImage } from "../../../clusters/vm/image.ts";
import { DEFAULT_MACHINE } from "../../../clusters/vm/options.ts";
import { builtImageDir, vm } from "../../../clusters/vm/vm.ts";
import { run } from "../../../core/shell.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { writeOverlay } from "../../helpers/qcow2.ts";
import { skipReason } from "./prerequisites.ts";
import { createHost } from "../../../core/local.ts";

const host = createHost();

const base = join(builtImageDir(host), "root.img");
const parts = { kernel: join(builtImageDir(host), "vmlinuz"), initrd: join(builtImageDir(host), "initrd") };
const choose = (image: string) => chooseImage(host, { ...DEFAULT_MACHINE, ...parts, image }, "");
const newFile = (): string => join(temporaryDir(), "my, disk");

/** The base image is too large to read in every test, so its modification time shows writes. */
function stateOf(image: string): unknown[] {
  return [readFileSync(image), statSync(base, { bigint: true }).mtimeNs];
}

describe.skipIf(skipReason !== null)("a disk of the user", () => {
  test("can be a file system without partitions", async () => {
    const qcow2 = newFile();
    writeOverlay(qcow2, base);
    expect(await choose(base)).toMatchObject({ format: "raw", root: "/dev/vda" });
    expect(await choose(qcow2)).toMatchObject({ disk: qcow2, format: "qcow2", root: "/dev/vda" });
  });

  test("can have partitions", async () => {
    const raw = newFile();
    const qcow2 = newFile();
    writeFileSync(raw, "");
    truncateSync(raw, 2 ** 20);
    writeOverlay(qcow2, raw);
    expect(await choose(raw)).toMatchObject({ format: "raw", root: "/dev/vda1" });
    expect(await choose(qcow2)).toMatchObject({ format: "qcow2", root: "/dev/vda1" });
  });

  test("is reported before anything boots if it is corrupt", async () => {
    const broken = newFile();
    writeFileSync(broken, Buffer.concat([Buffer.from("QFI\u00fb", "latin1"), Buffer.alloc(4096)]));
    await expect(choose(broken)).rejects.toThrow(
      /QEMU cannot read --vm-image .*my, disk .*Unsupported qcow2 version 0.*; .*raw or qcow2/,
    );
  });

  test("can be booted by two clusters at once, which are isolated and do not change it", async () => {
    const image = newFile();
    writeOverlay(image, base);
    const before = stateOf(image);
    const create = () =>
      vm.create(host, { nodes: 1, underlayMtu: 1500, options: { ...DEFAULT_MACHINE, ...parts, image } });
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
