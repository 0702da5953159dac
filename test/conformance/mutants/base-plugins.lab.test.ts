import { expect, test } from "vitest";
import { runConformance } from "../../../conformance/session/conformance-run.ts";
import type { JsonObject } from "../../../cni/lossless-json.ts";
import { SPEC_VERSIONS, type SpecVersion } from "../../../cni/spec-versions.ts";
import { BASE_PLUGINS, setUpBase, type BasePlugin } from "./base-plugins.ts";
import { PINNED } from "./pins.ts";
import { PLUGIN_DIR, useMutantLab } from "./lab.ts";

const lab = useMutantLab();

/** Other versions are tested nightly: a version changes only a few clauses, which mutants cover. */
const ALL = process.env.CNIBENCH_MUTANTS === "all";
const VERSIONS = ALL ? SPEC_VERSIONS : (["1.1.0"] as const);

/** RO and RC share the code for output and errors, so RO is tested for its effects only. */
const ONLY: Readonly<Partial<Record<BasePlugin, string>>> = { RO: "add.*,cap.*,check.*,conc.*,del.*,gc.*,leak.*" };

interface Case {
  readonly base: BasePlugin;
  readonly version: SpecVersion;
  readonly config?: JsonObject;
  readonly only?: string | undefined;
}

const CASES: readonly Case[] = [
  ...(Object.keys(BASE_PLUGINS) as BasePlugin[]).flatMap((base) =>
    VERSIONS.map((version) => ({ base, version, only: ALL ? undefined : ONLY[base] })),
  ),
  { base: "RI", version: "1.1.0", config: PINNED, only: "check.*" },
];

test.for(CASES)(
  "$base conforms to every clause of $version with $config",
  { timeout: 600_000 },
  async ({ base, version, config, only }, { skip }) => {
    const missing = await lab().missingRequirement(base);
    if (missing !== null) skip(`the lab lacks ${missing}`);
    const { list, profile } = setUpBase(base, version, config);
    const faults = lab().server.errors.length;
    const report = await runConformance({
      plugin: base,
      list,
      profile,
      nodes: [lab().node.shell],
      pluginPath: [PLUGIN_DIR],
      versions: [version],
      jobs: 2,
      signal: new AbortController().signal,
      ...(only === undefined ? {} : { only }),
    });
    const failed = report.conformance
      .filter(({ status }) => status === "fail")
      .map(({ clause, message }) => `${clause}: ${message}`);
    expect(
      failed.concat(
        report.warnings.map(({ message }) => message),
        lab().server.errors.slice(faults).map(String),
      ),
    ).toEqual([]);
    expect(report.verdicts).toEqual({ [version]: only === undefined ? "conformant" : "selection passed" });
  },
);
