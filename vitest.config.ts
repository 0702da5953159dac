import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: "test/setup.ts",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Tests of labs and loads measure time, so their files run one after the other. Unit tests run in parallel.
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/e2e/**"],
        },
      },
      {
        extends: true,
        test: { name: "e2e", include: ["test/e2e/*.test.ts"], fileParallelism: false, testTimeout: 400_000 },
      },
      { extends: true, test: { name: "nightly", include: ["test/**/*.nightly.ts"] } },
      {
        extends: true,
        test: {
          name: "vm",
          include: ["test/e2e/vm/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
      {
        extends: true,
        test: {
          name: "kubernetes",
          include: ["test/e2e/kubernetes/**/*.test.ts"],
          globalSetup: "test/e2e/kubernetes/setup.ts",
          fileParallelism: false,
          testTimeout: 400_000,
        },
      },
    ],
  },
});
