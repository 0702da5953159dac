import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { cacheDir, createCache } from "../../../core/tools/cache.ts";
import { describeTools, missingTools } from "../../../core/tools/describe.ts";
import { cniPluginDirs, findCniPlugin, findTool, toolPath } from "../../../core/tools/find.ts";

let folder = "";
let fetched = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cnibench-find-"));
  fetched = join(folder, "cache/tools/one");
  vi.stubEnv("CNIBENCH_CACHE", join(folder, "cache"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function program(dir: string, name: string, text = "#!/bin/sh\n", mode = 0o755): string {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, name), text, { mode });
  return join(dir, name);
}

describe("cacheDir", () => {
  it.each([
    [{ CNIBENCH_CACHE: "/a", XDG_CACHE_HOME: "/b", HOME: "/c" }, "/a"],
    [{ XDG_CACHE_HOME: "/b", HOME: "/c" }, "/b/cnibench"],
    [{ XDG_CACHE_HOME: "relative", HOME: "/c" }, "/c/.cache/cnibench"],
    [{ HOME: "/c" }, "/c/.cache/cnibench"],
  ])("of %j is %s", (env, expected) => expect(cacheDir(env)).toBe(expected));

  it.each(["/tmp/a:b", '/tmp/a"b', "/tmp/a\nb", "/tmp/$x"])(
    "refuses %j, which apt or the loader would misread",
    (path) => {
      expect(() => createCache(path)).toThrow(/special character .* CNIBENCH_CACHE/);
    },
  );

  it("says which folder cannot be made", () => {
    expect(() => createCache("/proc/cnibench")).toThrow(/\/proc\/cnibench cannot be made .* CNIBENCH_CACHE/);
  });
});

describe("findTool", () => {
  it("prefers the system's over the fetched one", () => {
    const cached = program(join(fetched, "bin"), "some-tool-of-a-test");
    expect(findTool("some-tool-of-a-test")).toBe(cached);
    const own = program(join(folder, "own"), "some-tool-of-a-test");
    vi.stubEnv("PATH", join(folder, "own"));
    expect(findTool("some-tool-of-a-test")).toBe(own);
    expect(toolPath().at(-1)).toBe(join(fetched, "bin"));
  });

  it("finds what lives in sbin although the PATH is empty", () => {
    vi.stubEnv("PATH", "");
    expect(toolPath()).toContain("/usr/sbin");
    expect(findTool("sh")).toMatch(/\/sh$/);
  });

  it("takes neither folders nor files that cannot be executed", () => {
    vi.stubEnv("PATH", `relative::${folder}`);
    program(folder, "plain-file-of-a-test", "", 0o644);
    mkdirSync(join(folder, "folder-of-a-test"));
    expect(findTool("plain-file-of-a-test")).toBeNull();
    expect(findTool("folder-of-a-test")).toBeNull();
    expect(toolPath()).not.toContain("relative");
  });
});

describe("findCniPlugin", () => {
  it("searches the given folders first, then those of fetched packages", () => {
    const dir = join(fetched, "root/usr/lib/cni");
    const cached = program(dir, "plugin-of-a-test");
    const mine = program(join(folder, "mine"), "plugin-of-a-test");
    expect(cniPluginDirs()).toContain(dir);
    expect(findCniPlugin("plugin-of-a-test")).toBe(cached);
    expect(findCniPlugin("plugin-of-a-test", [join(folder, "none"), join(folder, "mine")])).toBe(mine);
  });

  it.each(["../mine/plugin", "/bin/sh", "", ".", "..", "a\0b"])("refuses the type %j, which is no name", (type) => {
    program(join(folder, "mine"), "plugin");
    expect(findCniPlugin(type, [join(folder, "mine")])).toBeNull();
  });
});

describe("describeTools", () => {
  it("tells source and version, and what is missing", async () => {
    vi.stubEnv("PATH", join(folder, "own"));
    program(join(folder, "own"), "iperf3", "#!/bin/sh\necho iperf 3.99\n");
    const [iperf3] = await describeTools(["iperf3"]);
    expect(iperf3).toMatchObject({ path: join(folder, "own/iperf3"), source: "system", version: "3.99" });
    expect(missingTools(["iperf3"])).toEqual([]);
  });

  it("has no version for a program that tells none", async () => {
    vi.stubEnv("PATH", join(folder, "own"));
    program(join(folder, "own"), "netperf", "#!/bin/sh\nexit 1\n");
    expect((await describeTools(["netperf"]))[0]).toMatchObject({ source: "system", version: null });
  });
});
