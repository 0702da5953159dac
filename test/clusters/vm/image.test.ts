import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { MachineSpec } from "../../../clusters/cluster.ts";
import { chooseImage, imageProblems, probeKernel } from "../../../clusters/vm/image.ts";
import { platformOf } from "../../../clusters/vm/platform.ts";
import { recipeFor, recipeHash } from "../../../clusters/vm/recipe.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";

const NONE: MachineSpec = {
  memory: 2 ** 30,
  cpus: 1,
  nics: 1,
  underlay: "sockets",
  image: null,
  kernel: null,
  initrd: null,
  logs: null,
};

/** A built image as far as names go. */
function built(): string {
  const folder = join(temporaryDir(), "vm");
  mkdirSync(folder);
  for (const name of ["root.img", "vmlinuz", "initrd", "packages"]) writeFileSync(join(folder, name), "");
  return folder;
}

test("without flags the built image is booted", async () => {
  const folder = built();
  expect(imageProblems(NONE, folder)).toEqual([]);
  expect(await chooseImage(NONE, folder)).toEqual({
    ...{ disk: join(folder, "root.img"), format: "raw", root: "/dev/vda" },
    ...{ kernel: join(folder, "vmlinuz"), initrd: join(folder, "initrd") },
  });
});

test("a kernel of one's own is booted without cnibench's initrd, whose drivers are of another", async () => {
  const folder = built();
  const kernel = join(folder, "vmlinuz");
  expect((await chooseImage({ ...NONE, kernel }, folder)).initrd).toBeNull();
});

test.each([
  [{}, "the image of VM nodes is not built"],
  [{ image: "/usr/bin/env" }, "--vm-image needs --vm-kernel"],
  [{ initrd: "/usr/bin/env" }, "--vm-initrd needs --vm-kernel"],
  [{ image: "/nowhere", kernel: "/usr/bin/env" }, "--vm-image /nowhere is no file"],
  [{ image: "/usr/bin/env", kernel: "/usr" }, "--vm-kernel /usr is no file"],
])("in the way: %j", (given, sentence) => {
  expect(
    imageProblems({ ...NONE, ...given }, "/nowhere")
      .map(({ message }) => message)
      .join(),
  ).toContain(sentence);
});

test("a path that leads nowhere is told as a problem too", () => {
  const loop = join(temporaryDir(), "loop");
  symlinkSync(loop, loop);
  expect(imageProblems({ ...NONE, kernel: loop }, built())).toEqual([
    {
      message: expect.stringMatching(
        /^--vm-kernel \S+ cannot be read \(ELOOP: .*\); check the path, and who may read it$/,
      ) as string,
    },
  ]);
});

const isRoot = process.getuid?.() === 0;
test.skipIf(isRoot)(
  `a file that this user may not read is a problem${isRoot ? " (skipped: root may read every file)" : ""}`,
  () => {
    const kernel = join(temporaryDir(), "vmlinuz");
    writeFileSync(kernel, "");
    chmodSync(kernel, 0);
    expect(imageProblems({ ...NONE, kernel }, built()).map(({ message }) => message)).toEqual([
      expect.stringContaining("cannot be read (EACCES"),
    ]);
  },
);

test("KVM is tried with the kernel of the built image, else with the user's", () => {
  const folder = built();
  expect(probeKernel({ ...NONE, kernel: "/k" }, folder)).toBe(join(folder, "vmlinuz"));
  expect(probeKernel({ ...NONE, kernel: "/k" }, "/nowhere")).toBe("/k");
});

test("another recipe is another image", () => {
  const recipe = recipeFor(platformOf("x64"), "Types: deb\n");
  expect(recipeHash(recipe)).toMatch(/^[0-9a-f]{12}$/);
  expect(recipeHash(recipe)).toBe(recipeHash(recipeFor(platformOf("x64"), "Types: deb\n")));
  for (const other of [
    { ...recipe, sources: "" },
    { ...recipe, packages: [] },
    { ...recipe, architecture: "arm64" },
  ])
    expect(recipeHash(other)).not.toBe(recipeHash(recipe));
});
