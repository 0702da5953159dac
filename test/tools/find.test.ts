import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cacheDir, createCache } from "../../tools/cache.ts";
import { describeTools, missingTools } from "../../tools/describe.ts";
import { cniPluginDirs, findCniPlugin, findTool, toolPath } from "../../tools/find.ts";
import { fakeHost, type FakeHost, type Reply } from "../helpers/fake-host.ts";

let dir = "";
let fetched = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "cnibench-find-"));
  fetched = join(dir, "cache/tools/one");
});
afterEach(() => rmSync(dir, { recursive: true }));

/** Returns a host with a private cache. @param replies see fakeHost */
function hostWith(PATH = "", replies: Readonly<Record<string, Reply>> = {}): FakeHost {
  return fakeHost(replies, { env: { CNIBENCH_CACHE: join(dir, "cache"), PATH } });
}

function writeExecutable(dir: string, name: string, text = "#!/bin/sh\n", mode = 0o755): string {
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
  ])("for %j is %s", (env, expected) => expect(cacheDir(fakeHost({}, { env }))).toBe(expected));

  it.each(["/tmp/a:b", '/tmp/a"b', "/tmp/a\nb", "/tmp/$x"])(
    "rejects %j, which apt or the dynamic loader would misinterpret",
    (path) => {
      expect(() => createCache(path)).toThrow(/special character .* CNIBENCH_CACHE/);
    },
  );

  it("reports a directory that cannot be created", () => {
    expect(() => createCache("/proc/cnibench")).toThrow(/cannot create .*\/proc\/cnibench .* CNIBENCH_CACHE/);
  });
});

describe("findTool", () => {
  it("prefers an installed tool over a fetched one", () => {
    const cached = writeExecutable(join(fetched, "bin"), "some-tool-of-a-test");
    const host = hostWith(join(dir, "own"));
    expect(findTool(host, "some-tool-of-a-test")).toBe(cached);
    const own = writeExecutable(join(dir, "own"), "some-tool-of-a-test");
    expect(findTool(host, "some-tool-of-a-test")).toBe(own);
    expect(toolPath(host).at(-1)).toBe(join(fetched, "bin"));
  });

  it("searches sbin even if PATH is empty", () => {
    expect(toolPath(hostWith())).toContain("/usr/sbin");
    expect(findTool(hostWith(), "sh")).toMatch(/\/sh$/);
  });

  it("ignores directories, non-executable files and relative PATH entries", () => {
    const host = hostWith(`relative::${dir}`);
    writeExecutable(dir, "plain-file-of-a-test", "", 0o644);
    mkdirSync(join(dir, "dir-of-a-test"));
    expect(findTool(host, "plain-file-of-a-test")).toBeNull();
    expect(findTool(host, "dir-of-a-test")).toBeNull();
    expect(toolPath(host)).not.toContain("relative");
  });
});

describe("findCniPlugin", () => {
  it("searches the given directories first, then those of fetched packages", () => {
    const dir = join(fetched, "root/usr/lib/cni");
    const cached = writeExecutable(dir, "plugin-of-a-test");
    const mine = writeExecutable(join(dir, "mine"), "plugin-of-a-test");
    const host = hostWith();
    expect(cniPluginDirs(host)).toContain(dir);
    expect(findCniPlugin(host, "plugin-of-a-test")).toBe(cached);
    expect(findCniPlugin(host, "plugin-of-a-test", [join(dir, "none"), join(dir, "mine")])).toBe(mine);
  });

  it.each(["../mine/plugin", "/bin/sh", "", ".", "..", "a\0b"])("rejects the invalid type %j", (type) => {
    writeExecutable(join(dir, "mine"), "plugin");
    expect(findCniPlugin(hostWith(), type, [join(dir, "mine")])).toBeNull();
  });
});

describe("describeTools", () => {
  it("returns source and version of an installed tool", async () => {
    const path = writeExecutable(join(dir, "own"), "iperf3");
    const host = hostWith(join(dir, "own"), { [`${path} --version`]: { stdout: "iperf 3.99 (cJSON 1.7.15)\n" } });
    const [iperf3] = await describeTools(host, ["iperf3"]);
    expect(iperf3).toMatchObject({ path, source: "system", version: "3.99" });
    expect(missingTools(host, ["iperf3"])).toEqual([]);
  });

  it("returns no version for a tool that does not print one", async () => {
    const path = writeExecutable(join(dir, "own"), "netperf");
    const host = hostWith(join(dir, "own"), { [path]: { exitCode: 1 } });
    expect((await describeTools(host, ["netperf"]))[0]).toMatchObject({ source: "system", version: null });
  });
});
