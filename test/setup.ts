/** Once before all tests: the tools that they drive are fetched where they are missing, as a user's first run does. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../core/paths.ts";
import { messageOf } from "../core/errors.ts";
import { describeTools } from "../core/tools/describe.ts";
import { fetchTools } from "../core/tools/fetch.ts";
import { TOOLS, type ToolName } from "../core/tools/catalog.ts";

export default async function setup(): Promise<void> {
  if (process.env.CNIBENCH_TESTS_READY) return; // each project of vitest comes here
  process.env.CNIBENCH_TESTS_READY = "yes";
  if (!existsSync(join(packageRoot(), "dist/cli/main.js"))) throw new Error("dist/ is missing; run: npm run build");
  const names = Object.keys(TOOLS) as ToolName[];
  for (const name of names) {
    // One by one: what cannot be had (a browser, on some systems) must not keep the others away.
    await fetchTools([name], { onProgress: (line) => console.error(line) }).catch((error: unknown) => {
      console.error(`tests that need ${name} will be skipped: ${messageOf(error)}`);
    });
  }
  for (const { name, version, source } of await describeTools(names))
    console.error(`${name}: ${version ?? "missing"} (${source ?? "-"})`);
}
