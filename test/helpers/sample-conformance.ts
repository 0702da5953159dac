/**
 * Sample conformance reports with one row of every kind, and with external input in every field that may contain it.
 */
import { verdictsOf, type ConformanceReport } from "../../results/verdicts.ts";
import type { ConformanceRow } from "../../results/clause-result.ts";

const VERSIONS = ["0.4.0", "1.0.0"];

/** @param foreign replaces all strings that come from a plugin */
export function sampleConformance(plugin = "bridge", foreign = "exit code 0"): ConformanceReport {
  const conformance = VERSIONS.flatMap((specVersion) => rowsAt(specVersion, plugin, foreign));
  return {
    schemaVersion: 1,
    plugin,
    kind: "interface",
    kinds: ["interface", "delegating"],
    specVersions: VERSIONS,
    verdicts: verdictsOf(conformance, VERSIONS, {}),
    verdictsWithoutGoSkeleton: verdictsOf(conformance, VERSIONS, { withoutGoSkeleton: true }),
    conformance,
    warnings: [{ code: "protocol-only", message: `only clauses without ADD are tested: ${foreign}` }],
  };
}

function rowsAt(specVersion: string, plugin: string, foreign: string): ConformanceRow[] {
  const row = (clause: string, level: ConformanceRow["level"], more: Partial<ConformanceRow>): ConformanceRow => {
    return {
      plugin,
      clause,
      level,
      section: "2-ADD",
      sentence: `Requirement of ${clause}.`,
      specVersion,
      status: "pass",
      message: `Requirement of ${clause}.`,
      ...more,
    };
  };
  const evidence = {
    expected: "a link",
    got: foreign,
    evidence: [`+ node: ${foreign}`],
    reproduce: `printf %s '{}' | env CNI_COMMAND=ADD /opt/cni/bin/${plugin}`,
  };
  const failed = { ...evidence, status: "fail", message: `expected a link; got ${foreign}` } as const;
  return [
    row("add.creates", "MUST", {}),
    row("add.up", "MUST", specVersion === "1.0.0" ? failed : {}),
    row("add.netns.self", "beyond", failed),
    row("check.tamper.route-gw", "SHOULD", failed),
    row("version.echo", "MUST", { ...failed, goSkeleton: true }),
    row("del.same-cid", "MUST", {
      ...failed,
      status: "known",
      message: `expected a link; got ${foreign} (known: ${foreign})`,
    }),
    row("ipam.dns", "derived", { status: "skip", message: `no dns: ${foreign}`, notApplicable: true }),
  ];
}
