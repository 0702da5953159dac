/** Measures the start of `cnibench --version` compared with `node -e 0`. */
import { join } from "node:path";
import type { Host } from "../core/host.ts";
import { packageRoot } from "../core/paths.ts";
import { median } from "../results/index.ts";
import { formatMs, targetResult, timeEach, type Benchmark } from "./benchmark.ts";

const RUNS = 20;
const MAX_RATIO = 2.5;

export async function benchStart({ shell }: Host): Promise<Benchmark> {
  const main = join(packageRoot(), "dist/cli/main.js");
  const bare: number[] = [];
  const cnibench: number[] = [];
  for (let i = 0; i < 2; i++) {
    bare.push(...(await timeEach(RUNS / 2, () => shell.exec([process.execPath, "-e", "0"]))));
    cnibench.push(...(await timeEach(RUNS / 2, () => shell.exec([process.execPath, main, "--version"]))));
  }
  const ratio = median(cnibench) / median(bare);
  return {
    name: "cnibench --version against node -e 0",
    rows: [
      [`node -e 0, median of ${RUNS}`, formatMs(median(bare))],
      [`cnibench --version, median of ${RUNS}`, formatMs(median(cnibench))],
      ["ratio", ratio.toFixed(2)],
    ],
    target: `at most ${MAX_RATIO}`,
    result: targetResult(ratio <= MAX_RATIO),
  };
}
