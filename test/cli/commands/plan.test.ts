/** `plan` prints what a run would do, and starts nothing but the lab that probes the kernel. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { planCommand, type PlanFlags } from "../../../cli/commands/plan.ts";
import { EXIT } from "../../../cli/exit-code.ts";
import { clusters } from "../../../clusters/index.ts";
import { noiseMachine, storeNoiseCard } from "../../../engine/noise-card.ts";
import { detectableEffect } from "../../../results/inference/power.ts";
import type { NoiseCard, NoiseMetric } from "../../../results/noise/noise-card.ts";
import { runnerFacts } from "../../../runners/index.ts";
import { type ToolName, TOOLS } from "../../../tools/catalog.ts";
import { fakeKind } from "../../engine/fake-run.ts";
import { temporaryDirOfFile } from "../../helpers/cnibench.ts";
import { fakeHost } from "../../helpers/fake-host.ts";
import { catalogTool, envWithTools } from "../../helpers/fake-tools.ts";
import { SAMPLE_MACHINE, sampleMetric, sampleNoiseCard } from "../../helpers/sample-noise-card.ts";
import { captureTerminal, type Terminal } from "../../helpers/terminal.ts";

const dir = temporaryDirOfFile();

let terminal: Terminal;
beforeEach(() => (terminal = captureTerminal()));
afterEach(() => vi.restoreAllMocks());

const KIND_COMMANDS = { unshare: {}, docker: {}, kind: {}, kubectl: {} };

/** Plans a suite of one scenario: two blocks of three repetitions. */
function plan(
  given: Partial<PlanFlags> = {},
  scenario: object = {},
  tools: readonly ToolName[] = ["ip", "ping"],
): ReturnType<typeof planCommand> {
  const file = join(dir, "suite.yaml");
  const scenarios = [{ name: "echo", runner: "ping", paths: ["same-node"], repetitions: 3, ...scenario }];
  writeFileSync(file, JSON.stringify({ name: "tiny", blocks: 2, duration: "10s", scenarios }));
  const defaults = { cluster: "netns", nodes: 2, underlayMtu: 1500, plugins: ["host"], suite: [file], seed: 7 };
  return planCommand(fakeHost(KIND_COMMANDS, { env: envWithTools(tools) }), {
    ...defaults,
    format: "text",
    ...given,
  });
}

it("prints the tasks, the seed, the duration and the disk space", async () => {
  expect(await plan()).toBe(EXIT.success);
  const [first, second, empty, header, task] = terminal.stdout().split("\n");
  expect(first).toBe("cluster netns (requested), 2 nodes");
  // Two deployments, and two blocks of three repetitions with 10.2 s of pings each.
  expect(second).toBe("2 blocks, seed 7; about 2 min (63 s) and 2 MB of disk space");
  expect([empty, header?.trim().split(/ {2,}/)]).toEqual([
    "",
    ["task", "runner", "blocks x reps", "load", "parameters"],
  ]);
  expect(task?.trim().split(/ {2,}/)).toEqual(["tiny/echo/host/netns/host", "ping", "2 x 3", "10 s"]);
  expect([terminal.stdout(), terminal.stderr()].join("")).not.toMatch(/missing|probe|skipped/);
});

it("prints the same facts as JSON", async () => {
  expect(await plan({ format: "json" })).toBe(EXIT.success);
  expect(JSON.parse(terminal.stdout())).toMatchObject({
    cluster: "netns",
    seed: 7,
    estimate: { seconds: 63, bytes: 6 * (60_000 + 9 * 22_000) },
    missing: [],
    problems: [],
    references: [],
    order: [["host"], ["host"]],
  });
});

/** Plans 6 to 9 blocks of two deployments of 0.6 s, with 10.2 s of pings each. */
function planAdaptive(format: PlanFlags["format"]): ReturnType<typeof plan> {
  const file = join(dir, "adaptive.yaml");
  const blocks = { min: 6, max: 9, until: "4 %" };
  const scenarios = [{ name: "echo", runner: "ping", paths: ["same-node"] }];
  writeFileSync(file, JSON.stringify({ name: "tiny", blocks, headlines: ["echo/same-node/latency-p50"], scenarios }));
  return plan({ suite: [file], plugins: ["simplecni"], format });
}

it("prints both limits of adaptive blocks, the range of the duration, and the rule", async () => {
  expect(await planAdaptive("text")).toBe(EXIT.success);
  const [, second, third] = terminal.stdout().split("\n");
  expect(second).toMatch(/^6 to 9 blocks, seed 7; about 3 to 4 min \(130 to 195 s\)/);
  expect(third).toMatch(/^suite tiny stops after 6 to 9 blocks, .* 4\.0 %/);
  expect(terminal.stdout()).toMatch(/^tiny\/echo\/simplecni\/netns\/same-node +ping +6 to 9 x 1 /m);
});

it("prints the same facts about adaptive blocks as JSON", async () => {
  await planAdaptive("json");
  expect(JSON.parse(terminal.stdout())).toMatchObject({
    estimate: { minSeconds: 130, seconds: 195 },
    stoppingRules: { tiny: { min: 6, max: 9, until: 0.04 } },
  });
});

it("prints whether the plugins of a block are measured in turn, or why not", async () => {
  await plan({ plugins: ["bridge"] });
  await plan({ plugins: ["bridge", "flannel"] });
  const lines = [...terminal.stdout().matchAll(/^plugins of a block are measured (.*)/gm)];
  expect(lines.map(([, order]) => order)).toEqual([
    "in turn",
    "one after the other: daemons of flannel would run during the loads of other plugins",
  ]);
  await plan({ plugins: ["bridge"], format: "json" });
  expect(terminal.stdout()).toContain('"interleaving": {\n    "applied": true,');
});

it("announces the lab that probes the kernel, and prints the skipped cells", async () => {
  const { kind, log } = fakeKind();
  vi.spyOn(clusters.netns, "create").mockImplementation(async (host, spec) => kind.create(host, spec));
  await plan({}, { family: "ipv6" });
  expect(log).toEqual(["create", "dispose"]);
  expect(terminal.stderr()).toBe("starting a netns lab to probe the kernel of the nodes\n");
  expect(terminal.stdout()).toContain("skipped: tiny/echo/host/netns/host/latency-p50: the kernel lacks IPv6\n");
});

it("names missing tools and the command that downloads them", async () => {
  catalogTool("ping", { ...TOOLS.ping, probe: { command: "cnibench-no-such-ping" } });
  expect(await plan({}, {}, ["ip"])).toBe(EXIT.success);
  expect(terminal.stdout()).toContain("\nmissing: ping (download with: cnibench setup)\n");
});

it("prints the pinned references of everything that it would install on Kubernetes", async () => {
  await plan({ cluster: "kind", plugins: ["calico"] });
  expect(terminal.stdout()).toMatch(
    /\ncalico v3\.\d+\.\d+\n {2}https:\S+calico\.yaml \(sha256 [0-9a-f]{64}\)\n {2}\S+@sha256:/,
  );
});

/** The only headline question of {@link planHeadline}. */
const HEADLINE = "tiny/echo/same-node/latency-p50";

/** Plans twelve blocks of one headline question. @param card stored before */
async function planHeadline(format: "text" | "json", card: NoiseCard | null): Promise<string> {
  const file = join(dir, "headline.yaml");
  const scenarios = [{ name: "echo", runner: "ping", paths: ["same-node"] }];
  const headlines = [HEADLINE.replace("tiny/", "")];
  writeFileSync(file, JSON.stringify({ name: "tiny", blocks: 12, duration: "10s", headlines, scenarios }));
  const host = fakeHost(KIND_COMMANDS, { env: envWithTools(["ip", "ping", "cni-plugins"]) });
  if (card !== null) storeNoiseCard(host, card);
  const flags = { cluster: "netns", nodes: 2, underlayMtu: 1500, plugins: ["bridge"], suite: [file], seed: 7 };
  expect(await planCommand(host, { ...flags, format })).toBe(EXIT.success);
  return terminal.stdout();
}

/** Returns a card of this machine with one load. */
function cardWith(metric: Partial<NoiseMetric>): NoiseCard {
  const params = Object.fromEntries(
    Object.entries(runnerFacts().ping?.params ?? {}).map(([name, spec]) => [name, spec.default]),
  );
  const load = { runner: "ping", params, path: "same-node", metric: "latency-p50", repetitions: 1 } as const;
  const metrics = [sampleMetric({ ...load, paired: 0.1, ...metric })];
  return sampleNoiseCard({ measuredAt: "1970-01-01T00:00:00.000Z", machine: noiseMachine(), metrics });
}

it("prints the smallest difference that a headline shows on this machine", async () => {
  const ratio = Math.exp(0.1 * (detectableEffect(12, 0.05) ?? NaN));
  const printed = JSON.parse(await planHeadline("json", cardWith({}))) as { detectable: unknown };
  expect(printed.detectable).toEqual([{ question: HEADLINE, ratio: expect.closeTo(ratio, 12) as number }]);
});

it("prints the same as text, or that the card has no such load", async () => {
  expect(await planHeadline("text", cardWith({}))).toMatch(new RegExp(`\\n${HEADLINE} +ratio 1\\.0\\d`));
  expect(await planHeadline("text", cardWith({ metric: "jitter" }))).toMatch(new RegExp(`\\n${HEADLINE} +unknown`));
});

it("prints one line without a card, or with one that is refused", async () => {
  expect(await planHeadline("text", null)).toMatch(/\nthis machine has no noise card; .*--calibrate.*\n/);
  expect(await planHeadline("text", { ...cardWith({}), machine: SAMPLE_MACHINE })).toMatch(
    /\n.*stale.*--calibrate.*\n/,
  );
});

it("prints no prediction as JSON without a card", async () => {
  expect(JSON.parse(await planHeadline("json", null))).not.toHaveProperty("detectable");
});
