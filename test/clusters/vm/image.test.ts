import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { MachineSpec } from "../../../clusters/cluster.ts";
import { chooseImage, imageProblems } from "../../../clusters/vm/image.ts";
import { platformOf } from "../../../clusters/vm/platform.ts";
import { recipeFor, recipeHash } from "../../../clusters/vm/recipe.ts";
import { temporaryFolder } from "../../helpers/cnibench.ts";

const NONE: MachineSpec = { memory: 2 ** 30, cpus: 1, nics: 1, underlay: "sockets", image: null, kernel: null, initrd: null, logs: null };

/** A built image as far as names go. */
function built(): string {
  const folder = join(temporaryFolder(), "vm");
  mkdirSync(folder);
  const disk = Buffer.alloc(4096);
  disk.writeUInt16LE(0xef53, 0x438);
  writeFileSync(join(folder, "root.img"), disk);
  for (const name of ["vmlinuz", "initrd", "packages"]) writeFileSync(join(folder, name), "");
  return folder;
}

test("without flags the built image is booted", () => {
  const folder = built();
  expect(imageProblems(NONE, folder)).toEqual([]);
  expect(chooseImage(NONE, folder)).toEqual({
    ...{ disk: join(folder, "root.img"), format: "raw", root: "/dev/vda" },
    ...{ kernel: join(folder, "vmlinuz"), initrd: join(folder, "initrd") },
  });
});

test("a kernel of one's own is booted without cnibench's initrd, whose drivers are of another", () => {
  const folder = built();
  const kernel = join(folder, "vmlinuz");
  expect(chooseImage({ ...NONE, kernel }, folder).initrd).toBeNull();
});

test("a disk with partitions has its root on the first; qcow2 is known by its content", () => {
  const folder = built();
  const raw = join(folder, "disk.img");
  const qcow2 = join(folder, "disk");
  writeFileSync(raw, Buffer.alloc(4096));
  writeFileSync(qcow2, Buffer.concat([Buffer.from("QFI\xfb", "latin1"), Buffer.alloc(4096)]));
  const kernel = join(folder, "vmlinuz");
  expect(chooseImage({ ...NONE, kernel, image: raw }, folder)).toMatchObject({ format: "raw", root: "/dev/vda1" });
  expect(chooseImage({ ...NONE, kernel, image: qcow2 }, folder)).toMatchObject({ format: "qcow2", root: "/dev/vda1" });
});

test.each([
  [{}, "the image of VM nodes is not built"],
  [{ image: "/usr/bin/env" }, "--vm-image needs --vm-kernel"],
  [{ initrd: "/usr/bin/env" }, "--vm-initrd needs --vm-kernel"],
  [{ image: "/nowhere", kernel: "/usr/bin/env" }, "--vm-image /nowhere is no file"],
  [{ image: "/usr/bin/env", kernel: "/usr" }, "--vm-kernel /usr is no file"],
])("in the way: %j", (given, sentence) => {
  expect(imageProblems({ ...NONE, ...given }, "/nowhere").map(({ message }) => message).join()).toContain(sentence);
});

test("another recipe is another image", () => {
  const recipe = recipeFor(platformOf("x64"), "Types: deb\n");
  expect(recipeHash(recipe)).toMatch(/^[0-9a-f]{12}$/);
  expect(recipeHash(recipe)).toBe(recipeHash(recipeFor(platformOf("x64"), "Types: deb\n")));
  for (const other of [{ ...recipe, sources: "" }, { ...recipe, packages: [] }, { ...recipe, architecture: "arm64" }]) expect(recipeHash(other)).not.toBe(recipeHash(recipe));
});
