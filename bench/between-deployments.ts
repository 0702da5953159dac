/**
 * Measures the time between the last repetition of a deployment and the first one of the next: removal of the lab,
 * a new lab, the plugin, and whatever else is measured outside of repetitions.
 */
import { readdirSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
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
    const gaps = await gapsOf(session.store.dir);
    return {
      name: "time outside repetitions, per deployment",
      rows: [
        [`median of ${gaps.length} in a stored run of host, bridge and ptp`, formatMs(median(gaps))],
        ["longest", formatMs(Math.max(...gaps))],
      ],
      target: `at most ${MAX_MS} ms`,
      result: targetResult(median(gaps) <= MAX_MS),
    };
  } finally {
    await rm(dir, { recursive: true });
  }
}

/** Returns milliseconds, from the start times and the raw files of a stored run. */
async function gapsOf(dir: string): Promise<readonly number[]> {
  const { records } = await loadRun(dir);
  const repetitions = [...new Map(Array.from(records, (record) => [record.raw, record])).values()].map((record) => {
    const raw = join(dir, record.raw ?? "");
    const ends = readdirSync(raw).map((file) => statSync(join(raw, file)).mtimeMs);
    const [, , plugin] = record.cell.split("/");
    return { deployment: `${record.block} ${plugin}`, start: Date.parse(record.startedAt), end: Math.max(...ends) };
  });
  return repetitions.flatMap(({ deployment, start }, i) => {
    const previous = repetitions[i - 1];
    return previous === undefined || previous.deployment === deployment ? [] : [start - previous.end];
  });
}

/** Returns the suite `quick` without its conformance tests, which are not repeated in each block. */
function loads(): Suite {
  const suite = parseSuite(shippedSuites().find(({ name }) => name === "quick")?.text ?? "");
  const scenarios = suite.scenarios.filter(({ runner }) => runner !== "conformance");
  return { ...suite, blocks: BLOCKS, headlines: [], scenarios };
}
