/** The README's first command where nothing was fetched before: the tools that it fetches serve the same run. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { fetchTools } from "../../core/tools/fetch.ts";
import { missingTools } from "../../core/tools/describe.ts";
import { cnibench, temporaryDir } from "../helpers/cnibench.ts";

const SUITE = join(import.meta.dirname, "suite.yaml");

test("with an empty cache", async ({ skip }) => {
  const folder = temporaryDir();
  const env = { CNIBENCH_CACHE: join(folder, "cache") };
  const reachable = await fetchable(join(folder, "probe"));
  if (reachable !== null) skip(reachable);
  const { exitCode, stderr } = await cnibench(
    ["run", "--yes", "--suite", SUITE, "--plugins", "bridge", "--only", "*/host/*", "--out", join(folder, "out")],
    { env },
  );
  expect(stderr).not.toContain("FAILED");
  expect(exitCode).toBe(0);
});

/** Why nothing can be fetched, or null. */
async function fetchable(cache: string): Promise<string | null> {
  const before = process.env.CNIBENCH_CACHE;
  process.env.CNIBENCH_CACHE = cache;
  try {
    const missing = missingTools(["iperf3", "netperf"]);
    if (missing.length === 0) return "the system has every tool: there is nothing to fetch";
    await fetchTools(["jq", "iperf3"]);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    if (before === undefined) delete process.env.CNIBENCH_CACHE;
    else process.env.CNIBENCH_CACHE = before;
  }
}
