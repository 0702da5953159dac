/** The suite says of the reference plugins what was seen by hand: no false alarm, and none missed. The whole is the nightly's. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SpecVersion } from "../../../cni/version.ts";
import { openLab, type Lab } from "./lab.ts";
import { OBSERVED } from "./observed.ts";
import { brokenIn, runReference } from "./reference.ts";

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
}, 300_000);
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
});

test.each(OBSERVED)("$plugin at $version", async ({ plugin, version, breaks, keeps }) => {
  const { conformance, warnings } = await runReference(lab, plugin, [version as SpecVersion], [...breaks, ...keeps].join(","));
  expect(warnings.filter(({ code }) => code === "test-failed")).toEqual([]);
  expect(brokenIn(conformance)).toEqual([...breaks].sort());
  const kept = conformance.filter(({ clause }) => keeps.includes(clause));
  expect(kept.map(({ clause, status }) => `${clause} ${status}`).sort()).toEqual([...keeps].sort().map((clause) => `${clause} pass`));
}, 120_000);
