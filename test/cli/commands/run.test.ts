/** `run` from its flags to its exit code, on netns clusters that do not exist. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runCommand, type RunFlags } from "../../../cli/commands/run.ts";
import { EXIT, Interrupted } from "../../../cli/exit-code.ts";
import { clusters } from "../../../clusters/index.ts";
import { EnvironmentError, UsageError } from "../../../core/errors.ts";
import { noiseMachine, storeNoiseCard } from "../../../engine/noise-card.ts";
import { lockHost } from "../../../engine/run/run-locks.ts";
import { findTool } from "../../../tools/find.ts";
import { fakeKind, storedRecords, storedRun } from "../../engine/fake-run.ts";
import { temporaryDirOfFile, temporaryDir } from "../../helpers/cnibench.ts";
import { fakeHost, type FakeHost } from "../../helpers/fake-host.ts";
import { envWithTools } from "../../helpers/fake-tools.ts";
import { sampleNoiseCard } from "../../helpers/sample-noise-card.ts";
import { captureTerminal } from "../../helpers/terminal.ts";

const dir = temporaryDirOfFile();

/** Writes a suite of one scenario, with pings in two blocks. @returns its path */
function writeSuite(family = "ipv4"): string {
  const file = join(dir, `${family}.yaml`);
  const scenario = { name: "echo", runner: "ping", family };
  writeFileSync(file, JSON.stringify({ name: "tiny", blocks: 2, duration: "1s", scenarios: [scenario] }));
  return file;
}

let out = "";
beforeEach(() => (out = join(temporaryDir(), "run")));
afterEach(() => vi.restoreAllMocks());

/** Replaces the clusters. @param create see fakeKind. @returns their log */
function useFakeClusters(create?: (count: number) => void): string[] {
  const { kind, log } = fakeKind({}, create);
  vi.spyOn(clusters.netns, "create").mockImplementation(async (host, spec) => kind.create(host, spec));
  return log;
}

/** Returns a host with the tools of netns clusters. */
function hostWithTools(): FakeHost {
  const env = envWithTools(["ip", "ping"]);
  const paths = ["ip", "ping"].map((name) => findTool(fakeHost({}, { env }), name) ?? name);
  return fakeHost({ unshare: {}, ...Object.fromEntries(paths.map((path) => [path, {}])) }, { env });
}

/** Runs the command with these flags in addition to those that measure only the baseline. */
function run(given: Partial<RunFlags>, host = hostWithTools()): ReturnType<typeof runCommand> {
  const defaults = {
    cluster: "netns",
    nodes: 2,
    underlayMtu: 1500,
    threshold: 1.05,
    report: [],
    progress: false,
  } as const;
  return runCommand(host, { ...defaults, ...given }, given);
}

/** Returns the flags of a new run. */
function newRun(family?: string): Partial<RunFlags> {
  return { plugins: ["host"], suite: [writeSuite(family)], seed: 1, out };
}

/** Ends the next measurement as Ctrl-C does. */
function interrupt(): void {
  process.emit("SIGINT", "SIGINT");
}

describe("a new run", () => {
  it("measures, prints the summary and writes the reports", async () => {
    const terminal = captureTerminal();
    const log = useFakeClusters();
    expect(await run({ ...newRun(), report: ["json", "md"] })).toBe(EXIT.success);
    expect(log).toEqual(["create", "dispose", "create", "dispose", "create", "dispose"]); // the first one is inspected
    const medians = storedRecords(out).filter(({ cell }) => cell.endsWith("/latency-p50"));
    expect(medians).toMatchObject([
      { block: 1, value: 5e-5 },
      { block: 2, value: 5e-5 },
    ]);
    expect(storedRun(out)).toMatchObject({ outcome: "complete", seed: 1, environment: { kernel: "6.1.0" } });
    const report = JSON.parse(readFileSync(join(out, "report.json"), "utf8")) as object;
    expect(JSON.stringify(report)).toContain("tiny/echo/host/netns/host/latency-p50");
    expect(terminal.stdout()).toContain(`json report: ${out}/report.json\nmd report: ${out}/report.md\n`);
    expect(terminal.stdout()).toContain("50.0 µs");
    expect(terminal.stderr()).toContain("cnibench: the host baseline only; tiny; 2 blocks; 2 nodes; cluster netns");
    expect(terminal.stderr()).toContain("1970-01-01T00:00:01.000Z block 2/2: measuring the host baseline");
  });

  it("stores the noise card of this machine, and reports one that it refuses", async () => {
    const terminal = captureTerminal();
    useFakeClusters();
    const host = hostWithTools();
    const card = sampleNoiseCard({ measuredAt: "1970-01-01T00:00:00.000Z", machine: noiseMachine() });
    const file = storeNoiseCard(host, card);
    await run(newRun(), host);
    expect(storedRun(out).noiseCard).toEqual(card);
    writeFileSync(file, "{}");
    out = `${out}-2`;
    expect(await run(newRun(), host)).toBe(EXIT.success);
    expect(storedRun(out)).not.toHaveProperty("noiseCard");
    expect(terminal.stderr().match(/^noise card .* ignored: .*$/gm)).toHaveLength(1);
  });

  it("releases the host, however it ends", async () => {
    captureTerminal();
    const host = hostWithTools();
    useFakeClusters();
    await run(newRun(), host);
    (await lockHost(host))();
    await expect(run(newRun(), host)).rejects.toThrow(UsageError); // the directory is not empty
    (await lockHost(host))();
  });

  it("fails if a deployment failed", async () => {
    captureTerminal();
    useFakeClusters((count) => {
      if (count === 3) throw new EnvironmentError("no memory");
    });
    expect(await run(newRun())).toBe(EXIT.notMeasured);
    expect(storedRecords(out).filter(({ error }) => error === "no memory")).not.toEqual([]);
  });

  it.each([
    [["incomplete"], EXIT.notMeasured],
    [["conformance"], EXIT.success],
    [[], EXIT.success],
  ])("with skipped cells and --fail-on %j has the exit code %i", async (failOn, code) => {
    captureTerminal();
    useFakeClusters();
    expect(await run({ ...newRun("ipv6"), failOn })).toBe(code);
    expect(storedRun(out).plan.cells).not.toEqual([]);
    for (const { skip } of storedRun(out).plan.cells) expect(skip).toBe("the kernel lacks IPv6");
  });

  it("keeps the last lab until Ctrl-C, which ends only the pause", async () => {
    const log = useFakeClusters();
    const terminal = captureTerminal((text) => {
      if (!text.includes("press Ctrl-C")) return;
      log.push("keep");
      setImmediate(interrupt);
    });
    expect(await run({ ...newRun(), keep: true })).toBe(EXIT.success);
    expect(log.slice(-3)).toEqual(["create", "keep", "dispose"]);
    expect(terminal.stderr()).toContain("# node2, 10.1.0.2\nenter node2 sh\n");
  });
});

describe("an interrupted run", () => {
  it("names the command that resumes it, which measures the rest", async () => {
    let log = useFakeClusters();
    const terminal = captureTerminal((text) => (text.includes("block 2/2") ? interrupt() : undefined));
    await expect(run(newRun())).rejects.toThrow(Interrupted);
    expect(terminal.stderr()).toContain(`interrupted; resume with: cnibench run --resume ${out}\n`);
    expect(storedRun(out).outcome).toBe("interrupted");
    expect(log.at(-1)).toBe("dispose");

    log = useFakeClusters();
    const resumed = captureTerminal();
    expect(await run({ resume: out })).toBe(EXIT.success);
    expect(resumed.stderr()).toContain(`resuming ${out}: 1 deployment remaining\n`);
    expect(log).toEqual(["create", "dispose", "create", "dispose"]);
    expect(storedRun(out).outcome).toBe("complete");
    expect(new Set(storedRecords(out).map(({ block, sitting = 1 }) => `${block} ${sitting}`))).toEqual(
      new Set(["1 1", "2 2"]),
    );
  });

  it("that is complete is only reported", async () => {
    useFakeClusters();
    const terminal = captureTerminal();
    await run(newRun());
    const log = useFakeClusters();
    expect(await run({ resume: out, report: ["json"] })).toBe(EXIT.success);
    expect(terminal.stderr()).toContain(`${out} is complete; nothing to resume\n`);
    expect(log).toEqual([]);
    expect(existsSync(join(out, "report.json"))).toBe(true);
  });

  it("is resumed with the stored flags only", async () => {
    captureTerminal();
    useFakeClusters();
    await run(newRun());
    await expect(run({ resume: out, seed: 2 })).rejects.toThrow("--resume: seed differs from the stored run");
    await expect(run({ resume: out, out: `${out}-2` })).rejects.toThrow(UsageError);
    expect(existsSync(`${out}-2`)).toBe(false);
  });
});

describe("before anything is created", () => {
  let log: string[] = [];
  beforeEach(() => {
    log = useFakeClusters();
    captureTerminal();
  });
  afterEach(() => expect([log, existsSync(out)]).toEqual([[], false]));

  it("another measuring run on this host is reported", async () => {
    const host = hostWithTools();
    await lockHost(host);
    await expect(run(newRun(), host)).rejects.toThrow("another cnibench process is measuring on this host");
  });

  it("an option that the cluster kind does not support is reported", async () => {
    const error: unknown = await run({ ...newRun(), clustersAtOnce: 2 }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toContain("--clusters-at-once: ");
  });

  it("all wrong flags are reported at once", async () => {
    const wrong = { ...newRun(), plugins: ["brigde"], suite: ["quik"], nodes: 99 };
    await expect(run(wrong)).rejects.toMatchObject({
      problems: expect.arrayContaining([
        expect.stringContaining('unknown plugin "brigde"'),
        expect.stringContaining("--nodes 99"),
        expect.stringContaining('unknown suite "quik"'),
      ]) as string[],
    });
  });

  it("a system that forbids namespaces is reported", async () => {
    const host = hostWithTools();
    const forbidding = fakeHost({ unshare: { exitCode: 1 } }, { env: host.env });
    await expect(run(newRun(), forbidding)).rejects.toThrow(/forbids creating \w+ namespaces/);
  });
});
