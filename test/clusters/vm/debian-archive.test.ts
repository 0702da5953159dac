import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { imageSources, rememberArchive } from "../../../clusters/vm/debian-archive.ts";
import { buildImage, hostRecipe } from "../../../clusters/vm/build.ts";
import { imageDir } from "../../../clusters/vm/image.ts";
import { recipeHash } from "../../../clusters/vm/recipe.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";

beforeEach(() => {
  vi.stubEnv("CNIBENCH_CACHE", temporaryDir());
  return () => vi.unstubAllEnvs();
});

/** An /etc of a system of this name. */
function etcOf(id: string): string {
  const etc = temporaryDir();
  mkdirSync(join(etc, "apt"));
  writeFileSync(join(etc, "os-release"), `ID=${id}\nVERSION_CODENAME=trixie\n`);
  writeFileSync(join(etc, "apt/sources.list"), `deb http://mirror.example.org/${id} trixie main\n`);
  return etc;
}

test("on Debian the image is made from the archive of the machine", () => {
  expect(imageSources(undefined, etcOf("debian"))).toBe(
    "Types: deb\nURIs: http://mirror.example.org/debian\nSuites: trixie\nComponents: main non-free\n",
  );
});

test("elsewhere from the one that was named, which is kept, and wins on Debian too", () => {
  const etc = etcOf("ubuntu");
  expect(imageSources(undefined, etc)).toBeNull();
  rememberArchive("http://example.org/debian");
  expect(imageSources(undefined, etc)).toBe(
    "Types: deb\nURIs: http://example.org/debian\nSuites: bookworm\nComponents: main non-free\n",
  );
  expect(imageSources(undefined, etcOf("debian"))).toContain("example.org/debian\nSuites: bookworm");
});

test("an archive is kept when the image has been made of it", async () => {
  const url = "http://example.org/debian";
  await expect(buildImage({ archiveUrl: url, signal: AbortSignal.abort(new Error("stop")) })).rejects.toThrow();
  expect(imageSources(undefined, etcOf("ubuntu"))).toBeNull();
  const folder = imageDir(recipeHash(hostRecipe(url)!));
  mkdirSync(folder, { recursive: true });
  for (const name of ["root.img", "vmlinuz", "initrd", "packages"]) writeFileSync(join(folder, name), "");
  expect(await buildImage({ archiveUrl: url })).toBe(`the image of VM nodes is in ${folder}`);
  expect(imageSources(undefined, etcOf("ubuntu"))).toBe(imageSources(url));
  expect(hostRecipe()).toEqual(hostRecipe(url));
});

test.each(["", "example.org/debian", "http://", "http://a\nTrusted: yes", "file:///etc"])(
  "%j is no archive",
  async (url) => {
    await expect(buildImage({ archiveUrl: url })).rejects.toThrow("is no URL of a Debian archive");
    expect(imageSources(undefined, etcOf("ubuntu"))).toBeNull();
  },
);
