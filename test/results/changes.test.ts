import { describe, expect, it } from "vitest";
import { environmentChanges } from "../../results/changes.ts";
import type { Environment } from "../../results/environment-facts.ts";
import { sampleRun } from "../helpers/sample-run.ts";

const { run } = sampleRun({ blocks: 1 });
const environment = run.environment as Environment;
const changed = (change: Partial<Environment>) =>
  environmentChanges(run, { ...run, environment: { ...environment, ...change } }, 2);

describe("environmentChanges", () => {
  it("returns nothing if nothing changed or nothing is known", () => {
    expect(changed({})).toEqual([]);
    expect(environmentChanges({ ...run, environment: null }, { ...run, environment: null }, 2)).toEqual([]);
  });

  it("lists each difference with both values", () => {
    const [warning, none] = changed({ kernel: "6.2.0", tools: { ...environment.tools, iperf3: "3.17", jq: "1.6" } });
    expect(none).toBeUndefined();
    expect(warning?.code).toBe("environment-changed");
    expect(warning?.message.split(": ")).toEqual([
      expect.stringContaining("session 2"),
      [
        "kernel is 6.2.0 instead of 6.1.0-18-amd64",
        "tools iperf3 is 3.17 instead of 3.12",
        "tools jq is 1.6 instead of unknown",
      ].join("; "),
    ]);
  });

  it("names the values of facts that can be null", () => {
    const keepAwake = { means: null, reason: "no autogroups" } as const;
    const [warning] = changed({ cluster: { ...environment.cluster, underlayRate: 1e9, keepAwake } });
    expect(warning?.message.split(": ").slice(1).join(": ")).toBe(
      "cluster underlayRate is 1000000000 bit/s instead of none; cluster keepAwake is no (no autogroups) instead of no",
    );
  });

  it("compares plugins by the content of their files", () => {
    const plugins = environment.plugins.map((plugin) =>
      plugin.name === "ptp" ? { ...plugin, binaries: [{ name: "ptp", sha256: "cd".repeat(32) }] } : plugin,
    );
    expect(changed({ plugins })[0]?.message).toContain("plugin ptp file ptp is cdcdcdcdcdcd instead of ab1200000000");
  });

  it("compares the version of Node.js", () => {
    expect(environmentChanges(run, { ...run, versions: { ...run.versions, node: "22.0.0" } }, 3)[0]?.message).toContain(
      "version of node is 22.0.0 instead of 20.19.0",
    );
  });
});
