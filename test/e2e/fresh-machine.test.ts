/** The README's first command on a machine without downloaded tools: the run downloads and uses them. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { fetchTools } from "../../tools/fetch.ts";
import { missingTools } from "../../tools/describe.ts";
import { cnibench, temporaryDir } from "../helpers/cnibench.ts";
import { messageOf } from "../../core/errors.ts";
import { createHost } from "../../core/local.ts";

const host = createHost();

const SUITE = join(import.meta.dirname, "suite.yaml");

test("with an empty cache", async ({ skip }) => {
  const dir = temporaryDir();
  const env = { CNIBENCH_CACHE: join(dir, "cache") };
  const missing = await withCache(join(dir, "none"), () => missingTools(host, ["iperf3", "netperf"]));
  skip(missing.length === 0, "the system has all tools: nothing to download");
  const { exitCode, stderr } = await cnibench(
    ["run", "--yes", "--suite", SUITE, "--plugins", "bridge", "--only", "*/host/*", "--out", join(dir, "out")],
    { env },
  );
  if (exitCode !== 0) {
    const reason = await withCache(join(dir, "probe"), whyNotDownloadable);
    if (reason !== null) skip(reason);
  }
  expect(stderr).not.toContain("FAILED");
  expect(exitCode).toBe(0);
});

/** Returns why nothing can be downloaded, or null. */
function whyNotDownloadable(): Promise<string | null> {
  return fetchTools(host, ["jq", "iperf3"]).then(() => null, messageOf);
}

/** Calls a function while this process uses another cache. */
async function withCache<T>(cache: string, use: () => Promise<T> | T): Promise<T> {
  const before = process.env.CNIBENCH_CACHE;
  process.env.CNIBENCH_CACHE = cache;
  try {
    return await use();
  } finally {
    if (before === undefined) delete process.env.CNIBENCH_CACHE;
    else process.env.CNIBENCH_CACHE = before;
  }
}
