/** `clean` continues after a failure, and reports everything that it removed. */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { cleanCommand } from "../../../cli/commands/clean.ts";
import { EXIT } from "../../../cli/exit-code.ts";
import { clusters, type LeftoverInstall } from "../../../clusters/index.ts";
import { EnvironmentError } from "../../../core/errors.ts";
import { fakeInstallTarget } from "../../engine/fake-install.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { fakeHost, type FakeHost } from "../../helpers/fake-host.ts";
import { writeExecutable } from "../../helpers/fake-tools.ts";
import { captureTerminal, type Terminal } from "../../helpers/terminal.ts";

/** No process can have this ID: the kernel's maximum is 4194304. */
const DEAD_DIR = "cnibench-logs-p99999999-0123abcd-AbCdEf";

let terminal: Terminal;
beforeEach(() => {
  terminal = captureTerminal();
  // The machines of killed runs are real processes.
  vi.spyOn(clusters.vm, "clean").mockResolvedValue([]);
});
afterEach(() => vi.restoreAllMocks());

/** Returns a host with kind. @param kindClusters names of its clusters */
function hostWith(kindClusters = "", exitCode = 0): FakeHost {
  const bin = temporaryDir();
  writeExecutable(bin, "kind");
  const replies = { "kind get clusters": { stdout: kindClusters, exitCode }, "kind delete cluster": {} };
  return fakeHost(replies, { tempDir: temporaryDir(), env: { PATH: bin, CNIBENCH_CACHE: bin } });
}

/** Makes a directory that a killed process left behind. @returns its path */
function leaveDirectory({ tempDir }: FakeHost): string {
  const dir = join(tempDir, DEAD_DIR);
  mkdirSync(dir, { mode: 0o700 });
  return dir;
}

it("reports that nothing is left over", async () => {
  expect(await cleanCommand(hostWith(), {})).toBe(EXIT.success);
  expect(terminal.stdout()).toBe("nothing to clean up\n");
});

it("removes clusters, machines and directories of killed processes", async () => {
  vi.spyOn(clusters.vm, "clean").mockResolvedValue(["virtual machine x killed"]);
  const host = hostWith("cnibench-a-p99999999-0a1b\n");
  const dir = leaveDirectory(host);
  expect(await cleanCommand(host, {})).toBe(EXIT.success);
  expect(terminal.stdout().split("\n").toSorted()).toEqual([
    "",
    `${dir} removed`,
    "kind cluster cnibench-a-p99999999-0a1b removed",
    "virtual machine x killed",
  ]);
  expect(existsSync(dir)).toBe(false);
});

it("continues after a failure, and reports each failure once", async () => {
  vi.spyOn(clusters.vm, "clean").mockRejectedValue(new EnvironmentError("cannot read the cluster"));
  vi.spyOn(clusters.kubeconfig, "clean").mockRejectedValue(new EnvironmentError("cannot read the cluster"));
  const host = hostWith("", 1);
  const dir = leaveDirectory(host);
  const error: unknown = await cleanCommand(host, {}).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(EnvironmentError);
  const lines = String(error).split("\n");
  expect(lines.filter((line) => line.includes("cannot read the cluster"))).toHaveLength(1);
  expect(lines.filter((line) => line.includes("kind get clusters"))).toHaveLength(1);
  expect(terminal.stdout()).toBe(`${dir} removed\n`);
  expect(existsSync(dir)).toBe(false);
});

describe("a plugin that a killed run left installed", () => {
  /** Cleans a cluster with the plugin. @returns the calls of its installation, and the error */
  async function cleanWith(changes: Partial<LeftoverInstall>): Promise<{ log: string[]; error: unknown }> {
    const log: string[] = [];
    vi.spyOn(clusters.kubeconfig.existing, "findLeftover").mockResolvedValue({
      pluginSpec: "simplecni",
      target: fakeInstallTarget(log),
      inUse: null,
      deleteRecordCommand: "kubectl delete namespace record",
      ...changes,
    });
    const error: unknown = await cleanCommand(hostWith(), {}).then(
      () => null,
      (reason: unknown) => reason,
    );
    return { log, error };
  }

  it("is uninstalled", async () => {
    expect(await cleanWith({})).toEqual({ log: ["delete", "delete record"], error: null });
    expect(terminal.stdout()).toContain("simplecni was uninstalled from the cluster\n");
  });

  it("is skipped while it is in use", async () => {
    expect(await cleanWith({ inUse: "process 1 is still running" })).toEqual({ log: [], error: null });
    expect(terminal.stdout()).toBe("skipped simplecni: process 1 is still running\n");
  });

  it("that this version does not know is reported with the command that forgets it", async () => {
    const { log, error } = await cleanWith({ pluginSpec: "no-such-plugin" });
    expect(log).toEqual([]);
    expect(error).toBeInstanceOf(EnvironmentError);
    expect(String(error)).toMatch(/cannot uninstall no-such-plugin.*run: kubectl delete namespace record$/);
  });
});
