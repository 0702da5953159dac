/** Real kind clusters: a run over every path with real flannel, conformance on a node, and cleanup of a killed run. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { localShell } from "../../../core/local.ts";
import { run, type Output } from "../../../core/shell.ts";
import type { RunFile } from "../../../results/record.ts";
import { validator } from "../../../results/run-schema.ts";
import type { Summary } from "../../../results/summary.ts";
import type { ConformanceReport } from "../../../results/verdicts.ts";
import { cnibench, temporaryDirOfFile, startCnibench, temporaryDir } from "../../helpers/cnibench.ts";
import { FLANNEL_VERSION, flannelImages } from "./flannel.ts";
import { IMAGE_FLAGS, whyNoKind } from "./images.ts";

const SUITE = join(import.meta.dirname, "paths.suite.yaml");
const CLUSTER = ["--cluster", "kind", ...IMAGE_FLAGS];
const missing = await whyNoKind();
const kindTest = test.skipIf(missing !== null);
if (missing !== null) console.warn(`cannot create kind clusters on this machine: ${missing}`);

const clusters = async (): Promise<string[]> =>
  (await run(localShell(), ["kind", "get", "clusters"])).split("\n").filter((name) => name.startsWith("cnibench-"));

/** Tests some clauses on the control plane of a new cluster. @param file for the report */
function testConformance(file: string): Promise<Output> {
  const selection = ["--spec", "1.0.0", "--node", "control-plane", "--only", "add.*"];
  return cnibench(["conformance", "simplecni", ...CLUSTER, ...selection, "--format", "json", "--out", file], {
    timeout: 400,
  });
}

describe.skipIf(missing !== null)("a run of simplecni, flannel and the baseline; conformance in parallel", () => {
  const dir = temporaryDirOfFile();
  const out = join(dir, "out");
  /** Why flannel cannot be tested on this machine. */
  let noFlannel: string | null = null;
  let before: readonly string[] = [];
  let tested: Output;
  let summary: Summary;

  beforeAll(async () => {
    before = await clusters();
    // In parallel, because the creation of clusters is mostly waiting.
    const testing = testConformance(join(dir, "conformance.json"));
    const flannel = await flannelImages(dir);
    noFlannel = "reason" in flannel ? flannel.reason : null;
    if (noFlannel !== null) console.warn(`skipping the flannel tests: ${noFlannel}`);
    const selection =
      "reason" in flannel
        ? ["--plugins", "simplecni"]
        : ["--plugins", `simplecni,flannel@${FLANNEL_VERSION}`, "--images", flannel.archive];
    const flags = ["--suite", SUITE, "--clusters-at-once", "3", "--out", out, "--report", "json,html"];
    const running = cnibench(["run", ...CLUSTER, ...selection, ...flags], { timeout: 600 });
    tested = await testing;
    const ended = await running;
    expect(`${ended.stderr}\n${ended.exitCode}`).toMatch(/\n0$/);
    summary = JSON.parse(readFileSync(join(out, "report.json"), "utf8")) as Summary;
  }, 1_500_000);

  test("removes its clusters and compares all plugins in one report", async () => {
    expect(await clusters()).toEqual(before);
    expect(validator("summary")(summary)).toBeNull();
    const html = readFileSync(join(out, "report.html"), "utf8");
    for (const { plugin } of summary.cells) expect(html).toContain(plugin);
    const { environment, definition } = JSON.parse(readFileSync(join(out, "run.json"), "utf8")) as RunFile;
    expect(environment?.cluster).toMatchObject({
      kind: "kind",
      nodes: 2,
      sameHost: true,
      kubernetes: { kubeProxyMode: "iptables" },
    });
    expect(environment?.cluster.kubernetes?.version).toMatch(/^v1\.\d+\.\d+/);
    expect(definition.cluster).toBe("kind");
  });

  test.for([
    ["simplecni", "0.3.0"],
    [`flannel-${FLANNEL_VERSION}`, "0.3.1"],
  ] as const)("%s is measured on every path and tested on a node, without policies", ([plugin, spec], { skip }) => {
    if (plugin !== "simplecni") skip(noFlannel !== null, noFlannel ?? "");
    const cells = summary.cells.filter((cell) => cell.plugin === plugin);
    const reasons = new Set(
      cells.flatMap(({ state, reason, id }) =>
        state === "measured" ? [] : [`${id.split("/").at(-1)} ${reason ?? state}`],
      ),
    );
    expect([...reasons].sort()).toEqual([
      `check-time the configuration of ${plugin} uses CNI spec ${spec}; this metric needs 0.4.0`,
      "mtu the MTU is probed with pings, which service addresses do not answer",
    ]);
    const measured = cells
      .filter(({ metric, scenario }) => metric === "throughput" && scenario === "tcp-1")
      .map(({ path, baselineRatio }) => `${path} ${baselineRatio !== null}`);
    expect(measured.sort()).toEqual(
      ["cross-node", "external-local", "hairpin", "nodeport", "nodeport-local", "same-node", "service"].map(
        (path) => `${path} true`,
      ),
    );
    const checks = summary.conformance.filter((one) => one.plugin === plugin);
    const policies = checks.filter(({ clause }) => clause.startsWith("policy."));
    expect(new Set(policies.map(({ status, message }) => `${status} ${message}`))).toEqual(
      new Set([`skip unsupported: ${plugin} does not claim to enforce network policies`]),
    );
    const core = checks.filter(({ clause }) => !clause.startsWith("policy."));
    expect(core.filter(({ status }) => status === "fail")).toEqual([]);
    expect(core.filter(({ status }) => status === "pass").length).toBeGreaterThan(20);
  });

  test("VXLAN reduces the MTU between nodes by 50 bytes, routes do not", () => {
    const mtu = (plugin: string, path: string): number | null | undefined =>
      summary.cells.find((cell) => cell.plugin === plugin && cell.path === path && cell.metric === "mtu")?.median;
    expect(mtu("host", "host")).toBe(1500);
    expect(mtu("simplecni", "cross-node")).toBe(1500);
    if (noFlannel === null) expect(mtu(`flannel-${FLANNEL_VERSION}`, "cross-node")).toBe(1450);
  });

  test("the conformance command tests the binary and the configuration installed on a node", () => {
    expect(`${tested.stderr}\n${tested.exitCode}`).toMatch(/\n0$/);
    const [report] = [JSON.parse(readFileSync(join(dir, "conformance.json"), "utf8")) as ConformanceReport].flat();
    expect(report?.plugin).toBe("simplecni");
    expect(report?.conformance.filter(({ status }) => status === "fail")).toEqual([]);
    expect(report?.conformance.filter(({ status }) => status === "pass").length).toBeGreaterThan(20);
  });
});

kindTest("clean removes the leftovers of a killed run and skips an active run", async () => {
  const before = await clusters();
  const out = join(temporaryDir(), "out");
  const running = startCnibench([
    "run",
    ...CLUSTER,
    "--nodes",
    "1",
    "--plugins",
    "simplecni",
    "--suite",
    "conformance",
    "--out",
    out,
  ]);
  let created: string[] = [];
  await expect
    .poll(async () => (created = (await clusters()).filter((name) => !before.includes(name))), {
      timeout: 60_000,
      interval: 500,
    })
    .toHaveLength(1);
  const whileActive = await cnibench(["clean"]);
  expect(whileActive.stdout).toContain(`kind cluster ${created[0]} skipped: process`);
  expect(await clusters()).toContain(created[0]);

  running.kill("SIGKILL");
  await running.done;
  const cleaned = await cnibench(["clean"]);
  expect(cleaned.stdout).toContain(`kind cluster ${created[0]} removed`);
  // A "docker run" of the killed kind may still be creating its container, which the next clean removes.
  const cleanAgain = async (): Promise<string[]> => {
    await cnibench(["clean"]);
    return clusters();
  };
  await expect.poll(cleanAgain, { timeout: 60_000, interval: 1000 }).toEqual(before);
});
