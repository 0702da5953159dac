/** `cnibench setup`: fetches what is missing into the private cache. */
import { cacheDir } from "../core/tools/cache.ts";
import { TOOLS, type ToolName } from "../core/tools/catalogue.ts";
import { missingTools } from "../core/tools/describe.ts";
import { fetchTools } from "../core/tools/fetch.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { interruptible } from "./interrupt.ts";

/** Everything that a measurement can need; the browser is for cnibench's own tests. */
export const MEASURING_TOOLS = (Object.keys(TOOLS) as ToolName[]).filter((name) => name !== "chromium");

export async function setupCommand(): Promise<ExitCode> {
  const missing = missingTools(MEASURING_TOOLS);
  if (missing.length === 0) {
    process.stdout.write("nothing is missing\n");
    return EXIT.good;
  }
  const onProgress = (line: string): void => void process.stderr.write(`${line}\n`);
  await interruptible((signal) => fetchTools(MEASURING_TOOLS, { signal, onProgress }));
  process.stdout.write(`fetched into ${cacheDir()}: ${missing.map(({ name }) => name).join(", ")}\n`);
  return EXIT.good;
}
