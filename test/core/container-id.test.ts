import { expect, test } from "vitest";
import { containerIdOf } from "../../core/container-id.ts";

/** A scenario has up to 4091 pods on a node, and other scenarios follow on the same node. */
const CONTAINERS = 10_000;

test("an ID has the form of those of container runtimes, and the same name has the same ID", () => {
  expect(containerIdOf("cnibench-1")).toMatch(/^[0-9a-f]{64}$/);
  expect(containerIdOf("cnibench-1")).toBe(containerIdOf("cnibench-1"));
});

test("the first 7 digits differ for all containers of a node", () => {
  const starts = Array.from({ length: CONTAINERS }, (_, i) => containerIdOf(`cnibench-${i + 1}`).slice(0, 7));
  expect(new Set(starts).size).toBe(CONTAINERS);
});
