/** The sample run with hostile text in every place where foreign text can come from. */
import type { LoadedRun } from "../../results/load.ts";
import type { ResultRecord } from "../../results/record.ts";
import { HOSTILE } from "./hostile.ts";
import { sampleRun } from "./sample-run.ts";

const ALL = HOSTILE.join(" ");

export function hostileRun(plugin: string): LoadedRun {
  const sample = sampleRun({ thirdPlugin: plugin, failure: ALL });
  const environment = sample.run.environment;
  if (environment === null) throw new Error("the sample has an environment");
  const records = sample.records.map((record): ResultRecord => {
    if (record.kind === "check" && record.value !== undefined)
      return { ...record, value: { ...record.value, clause: `${record.value.clause} ${plugin}`, message: ALL } };
    const pairs = {
      nodes: [ALL, plugin],
      pairs: [{ client: 0, server: 1, throughput: 1e9, latency: 1e-4 }],
      omitted: 1,
    };
    return {
      ...record,
      warnings: [{ code: plugin, message: ALL }],
      ...(record.cell.endsWith("/throughput") ? { pairs } : {}),
    };
  });
  const cells = sample.run.plan.cells.map((cell) => (cell.skip === undefined ? cell : { ...cell, skip: ALL }));
  const facts = {
    name: plugin,
    version: ALL,
    configHash: ALL,
    binaries: [{ name: ALL, sha256: ALL }],
    encapsulation: ALL,
    specVersions: [ALL],
  };
  return {
    run: {
      ...sample.run,
      id: ALL,
      command: ["cnibench", ALL],
      plan: { ...sample.run.plan, cells, clusterReason: ALL, suites: [ALL] },
      environment: { ...environment, kernel: ALL, cpuModel: ALL, tools: { [ALL]: ALL }, plugins: [facts] },
      warnings: [{ code: plugin, message: ALL }],
    },
    records,
    problems: [],
    commands: [{ scenario: ALL, role: ALL, command: ALL }],
  };
}
