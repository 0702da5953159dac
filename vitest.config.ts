import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const SETUP = "test/setup.ts";

/** The files of the project lab that take half a minute or more, the slowest first. */
const SLOW_FILES = [
  "conformance/mutants/mutants",
  "conformance/mutants/base-plugins",
  "conformance/clauses",
  "e2e/contract",
  "conformance/reference-plugins",
  "conformance/wrapper",
  "conformance/link-names",
  "conformance/clauses/lease-files",
  "e2e/conformance",
].map((name) => `/test/${name}.lab.test.ts`);

/** Starts slow files first, so that none of them runs alone at the end while other CPUs are idle. */
class SlowFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const index = SLOW_FILES.findIndex((name) => moduleId.endsWith(name));
      return index === -1 ? SLOW_FILES.length : index;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

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
    sequence: { sequencer: SlowFilesFirst },
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
