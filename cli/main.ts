#!/usr/bin/env node
/** The entry point of the program. The rest is loaded only if it is needed, so that --version is fast. */
import { cnibenchVersion } from "../core/paths.ts";

if (process.argv.length === 3 && (process.argv[2] === "--version" || process.argv[2] === "-V")) {
  const { watchOutput } = await import("./terminal/output-errors.ts");
  const exitCode = watchOutput(process.stdout);
  process.stdout.write(`${cnibenchVersion()}\n`);
  process.exitCode = await exitCode(0);
} else {
  const { createHost } = await import("../core/local.ts");
  const { main } = await import("./program.ts");
  process.exitCode = await main(createHost());
}
