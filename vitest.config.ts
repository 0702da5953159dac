import { defineConfig } from "vitest/config";

const SETUP = "test/setup.ts";

/** Measurements must not share the machine, so the files of these projects run one after the other. */
const serial = (name: string, directory: string, timeoutMs: number, setup: readonly string[] = []) => ({
  extends: true as const,
  test: {
    name,
    include: [`${directory}/*.test.ts`],
    exclude: ["**/*.lab.test.ts"],
    globalSetup: [SETUP, ...setup],
    fileParallelism: false,
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
  },
});

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      // No labs, tools or browsers: runs on any machine in seconds.
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/**/*.lab.test.ts", "test/e2e/**"],
          // Pure tests share a module graph, so that large libraries are loaded once.
          isolate: false,
          pool: "threads",
          maxWorkers: "100%",
        },
      },
      // Real namespaces, processes, plugins and browsers.
      {
        extends: true,
        test: { name: "lab", include: ["test/**/*.lab.test.ts"], globalSetup: SETUP, maxWorkers: "100%" },
      },
      serial("e2e", "test/e2e", 400_000),
      serial("vm", "test/e2e/vm", 900_000),
      serial("kubernetes", "test/e2e/kubernetes", 400_000, ["test/e2e/kubernetes/setup.ts"]),
      { extends: true, test: { name: "nightly", include: ["test/**/*.nightly.ts"], globalSetup: SETUP } },
    ],
  },
});
