import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { imageSources, rememberedArchive } from "../../../clusters/vm/debian-archive.ts";
import { buildImage, hostRecipe } from "../../../clusters/vm/build.ts";
import { imageDir } from "../../../clusters/vm/image.ts";
import { recipeHash } from "../../../clusters/vm/recipe.ts";
import { EnvironmentError, UsageError } from "../../../core/errors.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { fakeHost, type FakeHost } from "../../helpers/fake-host.ts";

let host: FakeHost;
beforeEach(() => {
  host = fakeHost({ flock: { exitCode: 1 } }, { env: { CNIBENCH_CACHE: temporaryDir() } });
});

/** Creates an /etc directory for a distribution. */
function etcOf(id: string): string {
  const etc = temporaryDir();
  mkdirSync(join(etc, "apt"));
  writeFileSync(join(etc, "os-release"), `ID=${id}\nVERSION_CODENAME=trixie\n`);
  writeFileSync(join(etc, "apt/sources.list"), `deb http://mirror.example.org/${id} trixie main\n`);
  return etc;
}

test("on Debian the image is built from the archive of the host", () => {
  expect(imageSources(undefined, etcOf("debian"))).toBe(
    "Types: deb\nURIs: http://mirror.example.org/debian\nSuites: trixie\nComponents: main non-free\n",
  );
});

test("on other distributions the chosen archive is used, which also takes precedence on Debian", () => {
  const etc = etcOf("ubuntu");
  expect(imageSources(undefined, etc)).toBeNull();
  const url = "http://example.org/debian";
  expect(imageSources(url, etc)).toBe(
    "Types: deb\nURIs: http://example.org/debian\nSuites: bookworm\nComponents: main non-free\n",
  );
  expect(imageSources(url, etcOf("debian"))).toContain("example.org/debian\nSuites: bookworm");
});

test("an archive is remembered after a successful build", async () => {
  const url = "http://example.org/debian";
  await expect(buildImage(host, { archiveUrl: url })).rejects.toThrow(EnvironmentError);
  expect(rememberedArchive(host)).toBeUndefined();
  const dir = imageDir(host, recipeHash(hostRecipe(host, url)!));
  mkdirSync(dir, { recursive: true });
  for (const name of ["root.img", "vmlinuz", "initrd", "packages"]) writeFileSync(join(dir, name), "");
  expect(await buildImage(host, { archiveUrl: url })).toContain(dir);
  expect(rememberedArchive(host)).toBe(url);
  expect(hostRecipe(host)).toEqual(hostRecipe(host, url));
});

test.each(["", "example.org/debian", "http://", "http://a\nTrusted: yes", "file:///etc"])(
  "%j is not the URL of an archive",
  async (url) => {
    await expect(buildImage(host, { archiveUrl: url })).rejects.toThrow(UsageError);
    expect(rememberedArchive(host)).toBeUndefined();
  },
);
