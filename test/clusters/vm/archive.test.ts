import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { imageSources, keepArchive } from "../../../clusters/vm/archive.ts";
import { temporaryFolder } from "../../helpers/cnibench.ts";

beforeEach(() => {
  vi.stubEnv("CNIBENCH_CACHE", temporaryFolder());
  return () => vi.unstubAllEnvs();
});

/** An /etc of a system of this name. */
function etcOf(id: string): string {
  const etc = temporaryFolder();
  mkdirSync(join(etc, "apt"));
  writeFileSync(join(etc, "os-release"), `ID=${id}\nVERSION_CODENAME=trixie\n`);
  writeFileSync(join(etc, "apt/sources.list"), `deb http://mirror.example.org/${id} trixie main\n`);
  return etc;
}

test("on Debian the image is made from the archive of the machine", () => {
  expect(imageSources(etcOf("debian"))).toBe("Types: deb\nURIs: http://mirror.example.org/debian\nSuites: trixie\nComponents: main non-free\n");
});

test("elsewhere from the one that was named, which is kept, and wins on Debian too", () => {
  const etc = etcOf("ubuntu");
  expect(imageSources(etc)).toBeNull();
  keepArchive("http://example.org/debian");
  expect(imageSources(etc)).toBe("Types: deb\nURIs: http://example.org/debian\nSuites: bookworm\nComponents: main non-free\n");
  expect(imageSources(etcOf("debian"))).toContain("example.org/debian\nSuites: bookworm");
});

test.each(["", "example.org/debian", "http://", "http://a\nTrusted: yes", "file:///etc"])("%j is no archive", (url) => {
  expect(() => keepArchive(url)).toThrow("is no URL of a Debian archive");
  expect(imageSources(etcOf("ubuntu"))).toBeNull();
});
