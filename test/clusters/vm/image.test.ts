import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { MachineOptions } from "../../../clusters/vm/options.ts";
import { chooseImage, imageProblems, kernelForKvmProbe } from "../../../clusters/vm/image.ts";
import { platformOf } from "../../../clusters/vm/platform.ts";
import { recipeFor, recipeHash } from "../../../clusters/vm/recipe.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { createHost } from "../../../core/local.ts";

const host = createHost();

const NONE: MachineOptions = {
  memory: 2 ** 30,
  cpus: 1,
  nics: 1,
  underlay: "sockets",
  image: null,
  kernel: null,
  initrd: null,
};

/** Creates the empty files of an image. */
function fakeImage(): string {
  const dir = join(temporaryDir(), "vm");
  mkdirSync(dir);
  for (const name of ["root.img", "vmlinuz", "initrd", "packages"]) writeFileSync(join(dir, name), "");
  return dir;
}

test("the built image is booted by default", async () => {
  const dir = fakeImage();
  expect(imageProblems(NONE, dir)).toEqual([]);
  expect(await chooseImage(host, NONE, dir)).toEqual({
    ...{ disk: join(dir, "root.img"), format: "raw", root: "/dev/vda" },
    ...{ kernel: join(dir, "vmlinuz"), initrd: join(dir, "initrd") },
  });
});

test("a custom kernel is booted without cnibench's initrd, whose drivers are for another kernel", async () => {
  const dir = fakeImage();
  const kernel = join(dir, "vmlinuz");
  expect((await chooseImage(host, { ...NONE, kernel }, dir)).initrd).toBeNull();
});

test.each([
  [{}, /image is not built/],
  [{ image: "/usr/bin/env" }, /--vm-image .*--vm-kernel/],
  [{ initrd: "/usr/bin/env" }, /--vm-initrd .*--vm-kernel/],
  [{ image: "/nowhere", kernel: "/usr/bin/env" }, /--vm-image \/nowhere: not a regular file/],
  [{ image: "/usr/bin/env", kernel: "/usr" }, /--vm-kernel \/usr: not a regular file/],
])("problem: %j", (given, message) => {
  expect(
    imageProblems({ ...NONE, ...given }, "/nowhere")
      .map((problem) => problem.message)
      .join(),
  ).toMatch(message);
});

test("a symbolic link to itself is reported", () => {
  const loop = join(temporaryDir(), "loop");
  symlinkSync(loop, loop);
  expect(imageProblems({ ...NONE, kernel: loop }, fakeImage())).toEqual([
    {
      message: expect.stringMatching(/^--vm-kernel \S+: not readable \(ELOOP: .*\)/) as string,
    },
  ]);
});

const isRoot = process.getuid?.() === 0;
test.skipIf(isRoot)(
  `a file without read permission is reported${isRoot ? " (skipped: root may read every file)" : ""}`,
  () => {
    const kernel = join(temporaryDir(), "vmlinuz");
    writeFileSync(kernel, "");
    chmodSync(kernel, 0);
    expect(imageProblems({ ...NONE, kernel }, fakeImage()).map(({ message }) => message)).toEqual([
      expect.stringContaining("not readable (EACCES"),
    ]);
  },
);

test("KVM is tested with the kernel of the built image, or else with the user's", () => {
  const dir = fakeImage();
  expect(kernelForKvmProbe({ ...NONE, kernel: "/k" }, dir)).toBe(join(dir, "vmlinuz"));
  expect(kernelForKvmProbe({ ...NONE, kernel: "/k" }, "/nowhere")).toBe("/k");
});

test("the hash depends on every part of the recipe", () => {
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
