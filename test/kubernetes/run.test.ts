/** Real clusters of kind: a run over every path, a run that is killed and cleaned after, and conformance on a node. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { localShell } from "../../core/local.ts";
import { run } from "../../core/shell.ts";
import type { RunFile } from "../../results/record.ts";
import { validator } from "../../results/schema.ts";
import type { Summary } from "../../results/summary.ts";
import type { ConformanceReport } from "../../results/verdicts.ts";
import { cnibench, startCnibench, temporaryFolder } from "../helpers/cnibench.ts";
import { IMAGE_FLAGS, whyNoKind } from "./images.ts";

const SUITE = join(import.meta.dirname, "paths.suite.yaml");
const CLUSTER = ["--cluster", "kind", ...IMAGE_FLAGS];
const missing = await whyNoKind();
const kindTest = test.skipIf(missing !== null);
if (missing !== null) console.warn(`no kind cluster can be made here: ${missing}`);

const clusters = async (): Promise<string[]> => (await run(localShell(), ["kind", "get", "clusters"])).split("\n").filter((name) => name.startsWith("cnibench-"));

kindTest("simplecni and the baseline are measured on every path, and nothing is left", async () => {
  const before = await clusters();
  const out = join(temporaryFolder(), "out");
  const ended = await cnibench(["run", ...CLUSTER, "--plugins", "simplecni", "--suite", SUITE, "--out", out, "--report", "json,html"], { timeout: 380 });
  expect(`${ended.stderr}\n${ended.exitCode}`).toMatch(/\n0$/);
  expect(await clusters()).toEqual(before);

  const summary = JSON.parse(readFileSync(join(out, "report.json"), "utf8")) as Summary;
  expect(validator("summary")(summary)).toBeNull();
  const reasons = new Set(summary.cells.flatMap(({ state, reason, id }) => (state === "measured" ? [] : [`${id.split("/").at(-1)} ${reason ?? state}`])));
  expect([...reasons].sort()).toEqual([
    "check-time the configuration of simplecni is of spec 0.3.0; this needs 0.4.0",
    "mtu the MTU is probed with pings, and the address of a service answers none",
  ]);
  const measured = summary.cells.filter(({ metric, scenario }) => metric === "throughput" && scenario === "tcp-1").map(({ path, baselineRatio }) => `${path} ${baselineRatio !== null}`);
  const pods = ["same-node", "cross-node", "service", "hairpin", "nodeport", "nodeport-local", "external-local"];
  expect(measured.sort()).toEqual(["host false", ...pods.map((path) => `${path} true`)].sort());
  expect(summary.conformance.filter(({ status }) => status === "fail")).toEqual([]);
  expect(summary.conformance.filter(({ status }) => status === "pass").length).toBeGreaterThan(20);

  const { environment, definition } = JSON.parse(readFileSync(join(out, "run.json"), "utf8")) as RunFile;
  expect(environment?.cluster).toMatchObject({ kind: "kind", nodes: 2, sameHost: true, kubernetes: { kubeProxyMode: "iptables" } });
  expect(environment?.cluster.kubernetes?.version).toMatch(/^v1\.\d+\.\d+/);
  expect(definition.cluster).toBe("kind");
});

kindTest("what a killed run has left is removed by clean, and a living one is not touched", async () => {
  const before = await clusters();
  const out = join(temporaryFolder(), "out");
  const running = startCnibench(["run", ...CLUSTER, "--nodes", "1", "--plugins", "simplecni", "--suite", "conformance", "--out", out]);
  let made: string[] = [];
  await expect.poll(async () => (made = (await clusters()).filter((name) => !before.includes(name))), { timeout: 60_000, interval: 500 }).toHaveLength(1);
  const living = await cnibench(["clean"]);
  expect(living.stdout).toContain(`kind cluster ${made[0]} was left: process`);
  expect(await clusters()).toContain(made[0]);

  running.kill("SIGKILL");
  await running.done;
  const cleaned = await cnibench(["clean"]);
  expect(cleaned.stdout).toContain(`kind cluster ${made[0]} removed`);
  expect(await clusters()).toEqual(before);
});

kindTest("the specification is tested on a node, on the program and configuration that the plugin has put there", async () => {
  const out = join(temporaryFolder(), "report.json");
  const ended = await cnibench(["conformance", "simplecni", ...CLUSTER, "--spec", "1.0.0", "--node", "control-plane", "--only", "add.*", "--format", "json", "--out", out]);
  expect(`${ended.stderr}\n${ended.exitCode}`).toMatch(/\n0$/);
  expect(existsSync(out)).toBe(true);
  const [report] = [JSON.parse(readFileSync(out, "utf8")) as ConformanceReport].flat();
  expect(report?.plugin).toBe("simplecni");
  expect(report?.conformance.filter(({ status }) => status === "fail")).toEqual([]);
  expect(report?.conformance.filter(({ status }) => status === "pass").length).toBeGreaterThan(20);
});
