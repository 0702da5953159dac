#!/usr/bin/env node
/** The program. The only place that ends the process. Commands are loaded when they are used, so that it starts fast. */
import { version } from "./version.ts";

if (process.argv.length === 3 && (process.argv[2] === "--version" || process.argv[2] === "-V")) {
  process.stdout.write(`${version()}\n`);
} else {
  const { main } = await import("./program.ts");
  process.exitCode = await main(process.argv);
}
