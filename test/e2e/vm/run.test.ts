/** A complete run, and conformance tests of plugins that the kernel of this host may not support. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { RunFile } from "../../../results/record.ts";
import { failsRequirement, type ConformanceReport } from "../../../results/verdicts.ts";
import type { Summary } from "../../../results/summary.ts";
import { DEFAULT_MACHINE } from "../../../clusters/vm/options.ts";
import { vm } from "../../../clusters/vm/vm.ts";
import { cnibench, temporaryDir } from "../../helpers/cnibench.ts";
import { skipReason } from "./prerequisites.ts";
import { createHost } from "../../../core/local.ts";

const host = createHost();

const TIMEOUT = { timeout: 900 };
const emulated = skipReason === null && /emulated/.test(await vm.describePerformance(host));
const short = join(import.meta.dirname, "short.suite.yaml");

describe.skipIf(skipReason !== null)("a run", () => {
  test("measures bridge and simplecni between machines, and warns if they are emulated", async () => {
    const out = join(temporaryDir(), "run");
    const { exitCode, stderr } = await cnibench(
      [
        "run",
        "--cluster",
        "vm",
        "--yes",
        "--plugins",
        "bridge,simplecni",
        "--suite",
        short,
        "--out",
        out,
        "--report",
        "json,html",
      ],
      TIMEOUT,
    );
    expect(stderr).not.toContain("FAILED");
    expect(exitCode).toBe(0);
    const { environment, definition } = JSON.parse(readFileSync(join(out, "run.json"), "utf8")) as RunFile;
    expect(environment).toMatchObject({
      cluster: { kind: "vm", nodes: 2, emulated },
      tools: { iperf3: expect.stringMatching(/^3\./) as string },
    });
    expect(definition.machine).toMatchObject({ memory: DEFAULT_MACHINE.memory, cpus: 1, image: null });
    const { cells, comparisons, warnings } = JSON.parse(readFileSync(join(out, "report.json"), "utf8")) as Summary;
    expect(cells.filter(({ state }) => state === "measured").map(({ plugin }) => plugin)).toEqual(
      expect.arrayContaining(["host", "bridge", "simplecni"]),
    );
    expect(cells.filter(({ state }) => state === "failed")).toEqual([]);
    if (emulated) {
      expect(comparisons).toEqual([]);
      expect(warnings.map(({ code }) => code)).toContain("emulated");
      expect(stderr).toContain("the nodes are emulated in software");
    }
    expect(existsSync(join(out, "logs/node2.console"))).toBe(true);
  });
});

/** Clauses that are fast enough for emulated nodes. */
const CLAUSES = [
  ...["add.result.interfaces*", "add.creates", "add.up", "add.multi-ifname", "check.after-add", "check.tamper.mac"],
  "check.tamper.vlan",
  ...["del.ok", "del.link", "del.idempotent", "del.netns.gone", "del.netns.unset"],
].join(",");

describe.skipIf(skipReason !== null)("conformance", () => {
  test("ipvlan, vlan and vrf are tested with kernel modules that this host may lack", async () => {
    const flags = ["--cluster", "vm", "--yes", "--spec", "1.0.0", "--only", CLAUSES, "--format", "json"];
    // On two machines at the same time, because each has one CPU.
    const tested = await Promise.all(
      [["ipvlan", "vrf"], ["vlan"]].map((plugins) => cnibench(["conformance", ...plugins, ...flags], TIMEOUT)),
    );
    const stderr = tested.map((output) => output.stderr).join("");
    const reports = tested.flatMap(({ stdout }) => JSON.parse(stdout) as ConformanceReport | ConformanceReport[]);
    expect(reports.map(({ plugin }) => plugin)).toEqual(["ipvlan", "vrf", "vlan"]);
    for (const { plugin, conformance, warnings } of reports) {
      expect(warnings, stderr).toEqual([]);
      expect(conformance.filter(({ status }) => status !== "skip").length, plugin).toBeGreaterThan(0);
    }
    const [ipvlan, vrf, vlan] = reports.map(({ verdicts, conformance }) => [
      verdicts["1.0.0"],
      conformance.filter(failsRequirement).map(({ clause }) => clause),
    ]);
    expect(ipvlan).toEqual(["selection passed", []]);
    expect(vlan).toEqual(["selection passed", []]);
    expect(reports[2]?.conformance).toContainEqual(
      expect.objectContaining({ clause: "check.tamper.vlan", status: "pass" }),
    );
    // vrf omits the link that it creates from its result.
    expect(vrf).toEqual(["not conformant", ["add.result.interfaces.all"]]);
  });
});
