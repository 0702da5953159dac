/** Sample runs that are odd in one way: missing parts, many plugins, or unusual names and values. */
import { cellId, type PlannedCell, type Repetition, type ResultRecord } from "../../results/record.ts";
import { sampleRun, type SampleRun } from "./sample-run.ts";

const BLOCKS = 6;
/** Metrics of one question or more of each kind: fewer views are faster to draw. */
const METRICS = ["throughput", "latency-p50", "latency-p99", "add-time"];
const NAMES: Readonly<Record<string, string>> = {
  bridge: "n".repeat(300),
  ptp: "إضافة-الشبكة",
  simplecni: "🐙‍🚀👩‍👩‍👧‍👦cni",
};

/** Returns the runs by name. */
export function oddRuns(): Readonly<Record<string, SampleRun>> {
  const sample = withCells(sampleRun({ blocks: BLOCKS }), ({ metric }) => METRICS.includes(metric));
  return {
    "no record": { ...sample, records: [], commands: [] },
    "no cell": { ...withCells(sample, () => false), records: [] },
    "only failures": { ...sample, records: sample.records.filter(isRepetition).map(failed) },
    "one plugin": withPlugins(sample, ["bridge"], true),
    "no baseline": withPlugins(sample, ["bridge", "ptp", "simplecni"], false),
    "one sample": withCells(sampleRun({ blocks: 1 }), ({ metric }) => METRICS.includes(metric)),
    "40 plugins": multiplied(
      withCells(sampleRun({ blocks: 2 }), ({ metric }) => metric === "throughput"),
      40,
    ),
    "huge and tiny values": { ...sample, records: sample.records.map(extreme) },
    "long, right-to-left and emoji names": renamed(sample),
  };
}

function isRepetition(record: ResultRecord): record is Repetition {
  return record.kind === "repetition";
}

function failed({ cell, block, rep, startedAt, raw, schemaVersion }: Repetition): Repetition {
  return { schemaVersion, kind: "repetition", cell, block, rep, startedAt, raw, error: "netperf: connection refused" };
}

/** Largest and smallest values of a double, zero and negative values, by block. */
const EXTREMES = [1e300, 5e-324, 0, -1e9, 1.7976931348623157e308, 1];

function extreme(record: ResultRecord): ResultRecord {
  if (record.kind === "check" || !/\/(?:ptp|host)\//.test(record.cell)) return record;
  return { ...record, value: EXTREMES[record.block % EXTREMES.length] ?? 0 };
}

function withCells(sample: SampleRun, keep: (cell: PlannedCell) => boolean): SampleRun {
  const cells = sample.run.plan.cells.filter(keep);
  const ids = new Set(cells.map(({ id }) => id));
  const records = sample.records.filter(({ kind, cell }) => kind === "check" || ids.has(cell));
  return { ...sample, run: { ...sample.run, plan: { ...sample.run.plan, cells } }, records };
}

function renamed(sample: SampleRun): SampleRun {
  const nameOf = (plugin: string): string => NAMES[plugin] ?? plugin;
  const { plan } = sample.run;
  return {
    ...sample,
    run: {
      ...sample.run,
      plan: {
        ...plan,
        cells: plan.cells.map((cell) => ofPlugin(cell, nameOf(cell.plugin))),
        checks: plan.checks.map((check) => ({ ...check, id: renamedId(check.id), plugin: nameOf(check.plugin) })),
        plugins: plan.plugins.map(nameOf),
        order: plan.order.map((names) => names.map(nameOf)),
      },
    },
    records: sample.records.map((record) => ({ ...record, cell: renamedId(record.cell) })),
    commands: [],
  };
}

function renamedId(id: string): string {
  return id
    .split("/")
    .map((part) => NAMES[part] ?? part)
    .join("/");
}

function withPlugins(sample: SampleRun, plugins: readonly string[], baseline: boolean): SampleRun {
  const deployed = [...(baseline ? ["host"] : []), ...plugins];
  const { run } = withCells(sample, ({ plugin }) => deployed.includes(plugin));
  const order = run.plan.order.map((names) => names.filter((name) => deployed.includes(name)));
  return {
    ...sample,
    run: { ...run, plan: { ...run.plan, plugins, order } },
    records: sample.records.filter(({ cell }) => deployed.some((plugin) => cell.includes(`/${plugin}/`))),
    commands: [],
  };
}

/** Replaces the plugins by copies of bridge. */
function multiplied(sample: SampleRun, count: number): SampleRun {
  const plugins = Array.from({ length: count }, (_, index) => `plugin-${index + 1}`);
  const cells = sample.run.plan.cells.flatMap((cell) =>
    cell.plugin === "host" ? [cell] : cell.plugin === "bridge" ? plugins.map((plugin) => ofPlugin(cell, plugin)) : [],
  );
  const records = sample.records.flatMap((record): ResultRecord[] => {
    if (record.cell.includes("/host/")) return [record];
    if (!record.cell.includes("/bridge/")) return [];
    return plugins.map((plugin) => ({ ...record, cell: record.cell.replace("/bridge/", `/${plugin}/`) }));
  });
  const order = sample.run.plan.order.map(() => ["host", ...plugins]);
  return {
    ...sample,
    run: { ...sample.run, plan: { ...sample.run.plan, cells, plugins, order } },
    records,
    commands: [],
  };
}

function ofPlugin(cell: PlannedCell, plugin: string): PlannedCell {
  const key = { ...cell, plugin };
  return { ...key, id: cellId(key) };
}
