/** Fetches real packages from the archive of the system, as the current user and, if that is root, unprivileged. */
import { chmodSync, lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createHost, localShell } from "../../core/local.ts";
import { run, succeeded } from "../../core/shell.ts";
import { readManifest } from "../../tools/cache.ts";
import type { ToolName } from "../../tools/catalog.ts";
import { describeTools, missingTools } from "../../tools/describe.ts";
import { fetchTools } from "../../tools/fetch.ts";
import { findTool, toolPath } from "../../tools/find.ts";
import { AS_UNPRIVILEGED, prepareUnprivileged } from "./unprivileged.ts";

const host = createHost();

const shell = localShell();
const WANTED: ToolName[] = ["iperf3", "netperf", "netserver", "iptables", "cni-plugins"];
const OFFLINE = /cannot reach|apt-get timed out after|only supported on Debian and Ubuntu/;

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "cnibench-fetch-"));
  chmodSync(dir, 0o755);
  vi.stubEnv("CNIBENCH_CACHE", join(dir, "cache"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true, force: true });
});

/** Sends one second of load over the loopback interface of a new network namespace. */
function loopbackLoad(iperf3: string, prefix: readonly string[]): Promise<string> {
  const script = 'ip link set lo up && { "$0" -s -1 >/dev/null & sleep 0.5; "$0" -c 127.0.0.1 -t 1 --json; }';
  return run(shell, [...prefix, "unshare", "--user", "--map-root-user", "--net", "sh", "-c", script, iperf3], {
    timeout: 20,
    env: { PATH: toolPath(host).join(":") },
  });
}

/** Returns the names of all files with set-uid or set-gid. */
function setIds(root: string): string[] {
  const all = readdirSync(root, { recursive: true, encoding: "utf8" });
  return all.filter((name) => (lstatSync(join(root, name)).mode & 0o6000) !== 0);
}

function received(json: string): number {
  return (JSON.parse(json) as { end: { sum_received: { bytes: number } } }).end.sum_received.bytes;
}

describe("fetchTools", () => {
  it("fetches, checks and starts real packages", { timeout: 300_000 }, async ({ skip }) => {
    const missing = missingTools(host, WANTED).map(({ name }) => name);
    if (missing.length === 0) skip("all tools are installed on this machine");
    const lines: string[] = [];
    try {
      await fetchTools(host, WANTED, { onProgress: (line) => lines.push(line) });
    } catch (error) {
      if (error instanceof Error && OFFLINE.test(error.message)) skip(error.message);
      throw error;
    }
    expect(lines.join("\n")).toMatch(/downloading .* \(\d+ packages?, [\d.]+ MB\)/);
    for (const tool of await describeTools(host, missing)) {
      expect(tool.source).toBe("cache");
      expect(tool.version).toMatch(/^\d/);
    }
    const tools = join(dir, "cache/tools");
    const [id = ""] = readdirSync(tools);
    const manifest = readManifest(join(tools, id));
    expect(manifest?.tools).toEqual(missing);
    for (const { version, sha256 } of manifest?.packages ?? [])
      expect(`${version} ${sha256}`).toMatch(/^\d\S* [0-9a-f]{64}$/);
    expect(setIds(join(tools, id))).toEqual([]);
    expect(readdirSync(join(dir, "cache")).sort()).toEqual(["lock", "tools"]);
    expect(received(await loopbackLoad(findTool(host, "iperf3") ?? "", []))).toBeGreaterThan(1e6);

    const before = readdirSync(tools);
    await fetchTools(host, WANTED, { onProgress: (line) => expect.fail(`no tool was missing, but: ${line}`) });
    expect(readdirSync(tools)).toEqual(before);
  });

  it("works without root", { timeout: 300_000 }, async ({ skip }) => {
    if (process.getuid?.() !== 0) skip("not root: the previous test ran unprivileged");
    const { code, home } = prepareUnprivileged(dir);
    const env = { HOME: home, CNIBENCH_CACHE: undefined, XDG_CACHE_HOME: undefined };
    const script = `
      const { createHost } = await import("${code}/core/local.js");
      const { fetchTools } = await import("${code}/tools/fetch.js");
      const { describeTools } = await import("${code}/tools/describe.js");
      const host = createHost();
      await fetchTools(host, ["iperf3", "netperf"]);
      console.log(JSON.stringify(await describeTools(host, ["iperf3", "netperf"])));`;
    const node = [...AS_UNPRIVILEGED, process.execPath, "--input-type=module", "--eval", script];
    const output = await shell.exec(node, { env, timeout: 240 });
    if (OFFLINE.test(output.stderr)) skip(output.stderr.split("\n").find((line) => OFFLINE.test(line)) ?? "offline");
    expect(output.stderr).toBe("");
    expect(succeeded(output)).toBe(true);
    const [iperf3, netperf] = JSON.parse(output.stdout) as { path: string; version: string }[];
    expect(iperf3?.version).toMatch(/^3\./);
    expect(netperf?.version).toMatch(/^2\./);
    expect(received(await loopbackLoad(iperf3?.path ?? "", AS_UNPRIVILEGED))).toBeGreaterThan(1e6);
  });
});
