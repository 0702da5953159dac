/** `doctor` prints every tool with its version and source, and fails if anything is missing. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { doctorCommand } from "../../../cli/commands/doctor.ts";
import { EXIT } from "../../../cli/exit-code.ts";
import { clusters } from "../../../clusters/index.ts";
import { UsageError } from "../../../core/errors.ts";
import { noiseMachine, storeNoiseCard } from "../../../engine/noise-card.ts";
import { TOOLS, type ToolName } from "../../../tools/catalog.ts";
import { toolStatus } from "../../../tools/describe.ts";
import { fakeHost, type FakeHost, type Reply } from "../../helpers/fake-host.ts";
import { catalogTool, envWithTools } from "../../helpers/fake-tools.ts";
import { sampleNoiseCard } from "../../helpers/sample-noise-card.ts";
import { captureTerminal, type Terminal } from "../../helpers/terminal.ts";

let terminal: Terminal;
beforeEach(() => (terminal = captureTerminal()));
afterEach(() => vi.restoreAllMocks());

/**
 * Returns a host that has all tools.
 * @param versions what they print, by name; nothing by default
 * @param unshare the reply of the command that creates namespaces
 */
function hostWithTools(versions: Readonly<Record<string, Reply>> = {}, unshare: Reply = {}): FakeHost {
  const names = Object.keys(TOOLS) as ToolName[];
  const env = envWithTools(names);
  const path = (name: ToolName): string => toolStatus(fakeHost({}, { env }), name).path ?? name;
  const replies = Object.fromEntries(names.map((name) => [path(name), versions[name] ?? {}]));
  return fakeHost({ "dpkg-query": { exitCode: 1 }, unshare, ...replies }, { env });
}

/** Returns the columns of the line of a tool. */
function lineOf(name: string): string[] | undefined {
  const lines = terminal.stdout().split("\n");
  return lines.map((line) => line.trim().split(/ {2,}/)).find((columns) => columns[1] === name);
}

/** Adds a tool that only the cache of the host has. */
function addTool(): void {
  catalogTool("only-cached", {
    purpose: "a test",
    probe: { command: "cnibench-only-cached" },
    commands: {},
    packages: [],
    components: { debian: [], ubuntu: [] },
    version: { args: ["--version"], pattern: /v(\S+)/ },
  });
}

it.each([
  ["v1.2\n", "1.2"],
  ["", "version unknown"],
])("succeeds if nothing is missing, with a tool that prints %j", async (printed, version) => {
  addTool();
  const host = hostWithTools({ "only-cached": { stdout: printed } });
  expect(await doctorCommand(host, { cluster: "netns" })).toBe(EXIT.success);
  expect(lineOf("only-cached")).toEqual(["ok", "only-cached", version, "cache", "a test"]);
  expect(lineOf("cluster netns")).toEqual(["ok", "cluster netns", clusters.netns.summary]);
  expect(terminal.stdout()).not.toContain("missing");
});

it.each([
  ["auto", "cnibench setup"],
  ["netns", "cnibench setup --cluster netns"],
])("with --cluster %s names the command that fetches missing tools", async (cluster, command) => {
  const host = hostWithTools();
  addTool();
  expect(await doctorCommand(host, { cluster })).toBe(EXIT.notMeasured);
  expect(lineOf("only-cached")).toEqual(["missing", "only-cached", "a test"]);
  expect(terminal.stdout()).toContain(`download missing tools, without root: ${command}\n`);
});

it("fails with the problems of the cluster kind, even if no tool is missing", async () => {
  const host = hostWithTools({}, { exitCode: 1 });
  expect(await doctorCommand(host, { cluster: "netns" })).toBe(EXIT.notMeasured);
  expect(terminal.stdout()).toMatch(/^missing: this system forbids creating \w+ namespaces; fix: /m);
  expect(lineOf("cluster netns")).toBeUndefined();
  expect(terminal.stdout()).not.toContain("download missing tools");
});

it("describes the expected performance of a kind that knows it", async () => {
  vi.spyOn(clusters.vm, "check").mockResolvedValue([]);
  vi.spyOn(clusters.vm, "describePerformance").mockResolvedValue("nodes are emulated");
  expect(await doctorCommand(hostWithTools(), { cluster: "vm" })).toBe(EXIT.success);
  expect(terminal.stdout()).toContain("nodes are emulated\n");
});

it("prints when the noise of this machine was measured", async () => {
  const host = hostWithTools();
  await doctorCommand(host, { cluster: "netns" });
  expect(terminal.stdout()).toMatch(/^noise card: .*--calibrate/m);
  const measuredAt = "1970-01-01T00:00:00.000Z";
  storeNoiseCard(host, sampleNoiseCard({ measuredAt, machine: noiseMachine() }));
  await doctorCommand(host, { cluster: "netns" });
  expect(terminal.stdout()).toContain(`noise card: ${measuredAt}\n`);
});

it("refuses options that contradict each other", () => {
  expect(() => doctorCommand(hostWithTools(), { cluster: "netns", runs: 2 })).toThrow(UsageError);
  const calibrate = { calibrate: true, cluster: "auto" };
  expect(() => doctorCommand(hostWithTools(), { ...calibrate, plugins: ["ptp"] })).toThrow(UsageError);
  expect(() => doctorCommand(hostWithTools(), { ...calibrate, cluster: "vm" })).toThrow(UsageError);
});
