/** A sample run with hostile strings in every field that may contain external input. */
import type { WarningCode } from "../../core/warning-codes.ts";
import type { LoadedRun } from "../../results/load-run.ts";
import type { ResultRecord } from "../../results/record.ts";
import { HOSTILE_STRINGS } from "./hostile.ts";
import { sampleRun } from "./sample-run.ts";

const ALL_HOSTILE = HOSTILE_STRINGS.join(" ");

const FAILURE = {
  sentence: ALL_HOSTILE,
  expected: ALL_HOSTILE,
  got: ALL_HOSTILE,
  evidence: [ALL_HOSTILE, "```", ALL_HOSTILE],
  reproduce: ALL_HOSTILE,
};

export function hostileRun(plugin: string): LoadedRun {
  const sample = sampleRun({ blocks: 4, thirdPlugin: plugin, failure: ALL_HOSTILE });
  const environment = sample.run.environment;
  if (environment === null) throw new Error("the sample run has no environment");
  const records = sample.records.map((record): ResultRecord => {
    if (record.kind === "check" && record.value !== undefined)
      return {
        ...record,
        value: {
          ...record.value,
          clause: `${record.value.clause} ${plugin}`,
          message: ALL_HOSTILE,
          ...(record.value.status === "fail" && FAILURE),
        },
      };
    const pairs = {
      nodes: [ALL_HOSTILE, plugin],
      pairs: [{ client: 0, server: 1, throughput: 1e9, latency: 1e-4 }],
      omitted: 1,
    };
    return {
      ...record,
      warnings: [{ code: plugin as WarningCode, message: ALL_HOSTILE }],
      ...(record.cell.endsWith("/throughput") ? { pairs } : {}),
    };
  });
  const cells = sample.run.plan.cells.map((cell) => (cell.skip === undefined ? cell : { ...cell, skip: ALL_HOSTILE }));
  const facts = {
    name: plugin,
    version: ALL_HOSTILE,
    configHash: ALL_HOSTILE,
    binaries: [{ name: ALL_HOSTILE, sha256: ALL_HOSTILE }],
    encapsulation: ALL_HOSTILE,
    specVersions: [ALL_HOSTILE],
  };
  return {
    run: {
      ...sample.run,
      id: ALL_HOSTILE,
      command: ["cnibench", ALL_HOSTILE],
      plan: { ...sample.run.plan, cells, clusterReason: ALL_HOSTILE, suites: [ALL_HOSTILE] },
      environment: {
        ...environment,
        kernel: ALL_HOSTILE,
        cpuModel: ALL_HOSTILE,
        tools: { [ALL_HOSTILE]: ALL_HOSTILE },
        plugins: [facts],
      },
      warnings: [{ code: plugin as WarningCode, message: ALL_HOSTILE }],
    },
    records,
    loadWarnings: [],
    commands: [{ scenario: ALL_HOSTILE, role: ALL_HOSTILE, command: ALL_HOSTILE }],
  };
}
