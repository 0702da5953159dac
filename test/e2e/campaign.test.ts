/** The campaign of real runs, cut for CI: equal plugins do not differ, and a plugin that sleeps in ADD does. */
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Outcome } from "../../bench/campaign/outcome.ts";
import { localShell } from "../../core/local.ts";
import { packageRoot } from "../../core/paths.ts";
import { loadRun, summarize, type Comparison } from "../../results/index.ts";
import { temporaryDir } from "../helpers/cnibench.ts";

const RUNS = ["equal-01", "equal-02", "sleep-01"];
const CAMPAIGN = [process.execPath, join(packageRoot(), "dist/bench/campaign/main.js")];

async function headlinesOf(dir: string): Promise<readonly Comparison[]> {
  const { run, records, loadWarnings } = await loadRun(dir);
  return summarize(run, records, loadWarnings).comparisons.filter(({ family }) => family === "headline");
}

test("real runs find a slower plugin, and no difference between equal ones", async ({ skip }) => {
  const dir = temporaryDir();
  const { exitCode, stdout, stderr } = await localShell().exec([...CAMPAIGN, "aa", "--cut", "--out", dir], {
    timeout: 300,
  });
  expect([0, 1], stderr).toContain(exitCode);
  const headlines = (await Promise.all(RUNS.map((run) => headlinesOf(join(dir, run))))).flat();
  expect(headlines.map(({ metric }) => metric)).toEqual(RUNS.map(() => "add-time"));
  skip(
    headlines.some(({ reason }) => reason === "busy machine"),
    "other processes kept the machine busy",
  );
  const { equal, slowed } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Outcome;
  expect(equal.runs).toBe(2);
  expect(slowed).toMatchObject([{ copy: "sleep", runs: 1, isMissed: false }]);
  expect(exitCode, stdout).toBe(0);
});
