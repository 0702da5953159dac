/**
 * Measures the time of a block outside its repetitions, per deployment: removal of the previous lab, a new lab, the
 * plugin, and whatever else happens between repetitions.
 */
import { readdirSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { groupBy } from "../core/group.ts";
import type { Host } from "../core/host.ts";
import { makeTempDir } from "../core/temp-dir.ts";
import { check, execute, open, prepare } from "../engine/index.ts";
import { loadRun, median } from "../results/index.ts";
import { shippedSuites, type Suite } from "../suites/index.ts";
import { formatMs, targetResult, type Benchmark } from "./benchmark.ts";
import { choicesOf, parseSuite } from "./resume.ts";

const BLOCKS = 4;
const MAX_MS = 400;

export async function benchBetweenDeployments(host: Host): Promise<Benchmark> {
  const dir = makeTempDir(host, "bench");
  try {
    const checked = await check(host, await prepare(host, { ...choicesOf([loads()]), exploratory: true }));
    const session = await open(host, checked, { out: join(dir, "run"), command: ["cnibench"] });
    await execute(host, session, { onEvent: () => undefined }).finally(session.unlock);
    const milliseconds = await timesOutside(session.store.dir);
    return {
      name: "time outside repetitions, per deployment",
      rows: [
        [`median of ${milliseconds.length} blocks of host, bridge and ptp`, formatMs(median(milliseconds))],
        ["longest", formatMs(Math.max(...milliseconds))],
      ],
      target: `at most ${MAX_MS} ms`,
      result: targetResult(median(milliseconds) <= MAX_MS),
    };
  } finally {
    await rm(dir, { recursive: true });
  }
}

/** Returns milliseconds per deployment, for each block after the first, from the start times and raw files of a run. */
async function timesOutside(dir: string): Promise<readonly number[]> {
  const { records } = await loadRun(dir);
  const repetitions = [...new Map(Array.from(records, (record) => [record.raw, record])).values()].map((record) => {
    const raw = join(dir, record.raw ?? "");
    const ends = readdirSync(raw).map((file) => statSync(join(raw, file)).mtimeMs);
    const [, , plugin] = record.cell.split("/");
    return { block: record.block, plugin, start: Date.parse(record.startedAt), end: Math.max(...ends) };
  });
  const gaps = repetitions.slice(1).map((repetition, i) => {
    const previous = repetitions[i] ?? repetition;
    return { ...repetition, gap: repetition.start - previous.end };
  });
  const blocks = groupBy(gaps, ({ block }) => block);
  blocks.delete(1);
  return [...blocks.values()].map(
    (block) => block.reduce((sum, { gap }) => sum + gap, 0) / new Set(block.map(({ plugin }) => plugin)).size,
  );
}

/** Returns the suite `quick` without its conformance tests, which are not repeated in each block. */
function loads(): Suite {
  const suite = parseSuite(shippedSuites().find(({ name }) => name === "quick")?.text ?? "");
  const scenarios = suite.scenarios.filter(({ runner }) => runner !== "conformance");
  return { ...suite, blocks: BLOCKS, headlines: [], scenarios };
}
