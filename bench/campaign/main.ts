/**
 * `npm run campaign -- aa` and `-- gate`: measure how often real runs show a difference that does not exist, and
 * whether they find those that do. Prints tables and a JSON line; exits with 1 if a limit is exceeded. flags.ts has the
 * options. Complete runs are kept, so a campaign can be measured in pieces.
 */
import { rmSync } from "node:fs";
import { resolve } from "node:path";
import { EnvironmentError, UsageError } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { createHost } from "../../core/local.ts";
import { makeTempDir } from "../../core/temp-dir.ts";
import { measureEqualAndSlowed } from "./aa.ts";
import { readFlags, type CampaignFlags, type CampaignName, type CampaignResult } from "./flags.ts";
import { measureGates } from "./gate.ts";

const CAMPAIGNS = { aa: measureEqualAndSlowed, gate: measureGates } satisfies Record<
  CampaignName,
  (host: Host, dir: string, flags: CampaignFlags) => Promise<CampaignResult<{ readonly isMet: boolean }>>
>;

const host = createHost();
try {
  process.exitCode = await main(host, readFlags(host.argv.slice(2)));
} catch (error) {
  if (!(error instanceof UsageError || error instanceof EnvironmentError)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = error instanceof UsageError ? 2 : 3;
}

/** @returns the exit code */
async function main(host: Host, flags: CampaignFlags): Promise<0 | 1> {
  const { name, out } = flags;
  const dir = out === null ? makeTempDir(host, "campaign") : resolve(out);
  try {
    const { outcome, markdown } = await CAMPAIGNS[name](host, dir, flags);
    console.log(markdown);
    console.log(JSON.stringify(outcome));
    return outcome.isMet ? 0 : 1;
  } finally {
    if (out === null) rmSync(dir, { recursive: true });
  }
}
