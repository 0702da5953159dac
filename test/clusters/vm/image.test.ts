import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DEFAULT_MACHINE } from "../../../clusters/vm/options.ts";
import { chooseImage, imageProblems, kernelForKvmProbe } from "../../../clusters/vm/image.ts";
import { platformOf } from "../../../clusters/vm/platform.ts";
import { recipeFor, recipeHash } from "../../../clusters/vm/recipe.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { createHost } from "../../../core/local.ts";

const host = createHost();

/** Creates the empty files of an image. */
function fakeImage(): string {
  const dir = join(temporaryDir(), "vm");
  mkdirSync(dir);
  for (const name of ["root.img", "vmlinuz", "initrd", "packages"]) writeFileSync(join(dir, name), "");
  return dir;
}

test("the built image is booted by default", async () => {
  const dir = fakeImage();
  expect(imageProblems(DEFAULT_MACHINE, dir)).toEqual([]);
  expect(await chooseImage(host, DEFAULT_MACHINE, dir)).toEqual({
    ...{ disk: join(dir, "root.img"), format: "raw", root: "/dev/vda" },
    ...{ kernel: join(dir, "vmlinuz"), initrd: join(dir, "initrd") },
  });
});

test("a custom kernel is booted without cnibench's initrd, whose drivers are for another kernel", async () => {
  const dir = fakeImage();
  const kernel = join(dir, "vmlinuz");
  expect((await chooseImage(host, { ...DEFAULT_MACHINE, kernel }, dir)).initrd).toBeNull();
});

test("an image that is not built is a problem, unless the user has another one", () => {
  expect(imageProblems(DEFAULT_MACHINE, "/nowhere")).toMatchObject([
    { message: expect.stringContaining("not built") as string },
  ]);
  expect(imageProblems({ ...DEFAULT_MACHINE, image: "/disk", kernel: "/vmlinuz" }, "/nowhere")).toEqual([]);
});

test("KVM is tested with the kernel of the built image, or else with the user's", () => {
  const dir = fakeImage();
  expect(kernelForKvmProbe({ ...DEFAULT_MACHINE, kernel: "/k" }, dir)).toBe(join(dir, "vmlinuz"));
  expect(kernelForKvmProbe({ ...DEFAULT_MACHINE, kernel: "/k" }, "/nowhere")).toBe("/k");
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
