/** The README's first command on a machine without downloaded tools: the run downloads and uses them. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { fetchTools } from "../../tools/fetch.ts";
import { missingTools } from "../../tools/describe.ts";
import { cnibench, temporaryDir } from "../helpers/cnibench.ts";
import { createHost } from "../../core/local.ts";

const host = createHost();

const SUITE = join(import.meta.dirname, "suite.yaml");

test("with an empty cache", async ({ skip }) => {
  const dir = temporaryDir();
  const env = { CNIBENCH_CACHE: join(dir, "cache") };
  const reason = await whyNotDownloadable(join(dir, "probe"));
  if (reason !== null) skip(reason);
  const { exitCode, stderr } = await cnibench(
    ["run", "--yes", "--suite", SUITE, "--plugins", "bridge", "--only", "*/host/*", "--out", join(dir, "out")],
    { env },
  );
  expect(stderr).not.toContain("FAILED");
  expect(exitCode).toBe(0);
});

/** Returns why nothing can be downloaded, or null. */
async function whyNotDownloadable(cache: string): Promise<string | null> {
  const before = process.env.CNIBENCH_CACHE;
  process.env.CNIBENCH_CACHE = cache;
  try {
    const missing = missingTools(host, ["iperf3", "netperf"]);
    if (missing.length === 0) return "the system has all tools: nothing to download";
    await fetchTools(host, ["jq", "iperf3"]);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    if (before === undefined) delete process.env.CNIBENCH_CACHE;
    else process.env.CNIBENCH_CACHE = before;
  }
}
