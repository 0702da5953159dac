/** The browser that opens reports in benchmarks and tests. */
import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";
import type { EnvironmentVariables } from "../core/host.ts";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--no-first-run",
  "--disable-component-update",
  "--disable-sync",
];

/** Returns the path of Chromium, or null if it is not installed. */
export function findChromium({ CNIBENCH_CHROMIUM: path = "/usr/bin/chromium" }: EnvironmentVariables): string | null {
  return existsSync(path) ? path : null;
}

export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: FLAGS });
}
