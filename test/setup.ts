/** Runs once before all tests: downloads missing tools, like a user's first run. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../core/paths.ts";
import { messageOf } from "../core/errors.ts";
import { describeTools } from "../tools/describe.ts";
import { fetchTools } from "../tools/fetch.ts";
import { TOOLS, type ToolName } from "../tools/catalog.ts";
import { createHost } from "../core/local.ts";

const host = createHost();

export default async function setup(): Promise<void> {
  if (process.env.CNIBENCH_TESTS_READY) return; // vitest calls this for each project
  process.env.CNIBENCH_TESTS_READY = "yes";
  if (!existsSync(join(packageRoot(), "dist/cli/main.js"))) throw new Error("dist/ is missing; run: npm run build");
  const names = Object.keys(TOOLS) as ToolName[];
  for (const name of names) {
    // One at a time: an unavailable tool (such as a browser on some systems) must not block the others.
    await fetchTools(host, [name], { onProgress: (line) => console.error(line) }).catch((error: unknown) => {
      console.error(`skipping tests that require ${name}: ${messageOf(error)}`);
    });
  }
  for (const { name, version, source } of await describeTools(host, names))
    console.error(`${name}: ${version ?? "missing"} (${source ?? "-"})`);
}
