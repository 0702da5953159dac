import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { clusters } from "../../clusters/index.ts";
import { EnvironmentError } from "../../core/errors.ts";
import { plugins } from "../../plugins/index.ts";
import { lookUpNoiseCard, noiseCardFor, noiseMachine, storeNoiseCard } from "../../engine/noise-card.ts";
import { temporaryDir } from "../helpers/cnibench.ts";
import { fakeHost, type FakeHost } from "../helpers/fake-host.ts";
import { SAMPLE_MACHINE, sampleNoiseCard } from "../helpers/sample-noise-card.ts";

/** The fake clock starts in 1970. */
const CARD = sampleNoiseCard({ measuredAt: "1970-01-01T00:00:00.000Z" });

let host: FakeHost;
let file = "";
beforeEach(() => {
  host = fakeHost({}, { env: { CNIBENCH_CACHE: temporaryDir() } });
  file = storeNoiseCard(host, CARD);
});

it("returns the stored card, of this machine only", () => {
  expect(lookUpNoiseCard(host, SAMPLE_MACHINE)).toEqual({ card: CARD, refused: false, problem: null });
  const other = lookUpNoiseCard({ ...host, hostname: "other" }, SAMPLE_MACHINE);
  expect(other).toMatchObject({
    card: null,
    refused: false,
    problem: expect.stringContaining("--calibrate") as string,
  });
});

it("replaces a card in one step, and leaves nothing else", () => {
  storeNoiseCard(host, { ...CARD, blocks: 20 });
  expect(lookUpNoiseCard(host, SAMPLE_MACHINE).card?.blocks).toBe(20);
  expect(readdirSync(join(file, ".."))).toHaveLength(1);
});

it("refuses a card of another machine", () => {
  const found = lookUpNoiseCard(host, { ...SAMPLE_MACHINE, kernel: "6.6.0" });
  expect(found).toMatchObject({ card: null, refused: true, problem: expect.stringContaining("stale") as string });
});

it.each<[string, (path: string) => void]>([
  ["a truncated file", (path) => truncateSync(path, 100)],
  ["a directory", (path) => (rmSync(path), mkdirSync(path))],
  ["a device", (path) => (rmSync(path), symlinkSync("/dev/zero", path))],
  ["a large file", (path) => truncateSync(path, 2_000_000)],
  ["a hostile text", (path) => writeFileSync(path, '{"schemaVersion":"\\u001b[2J\\n"}')],
])("refuses %s in one sentence", (_, damage) => {
  damage(file);
  const { card, refused, problem } = lookUpNoiseCard(host, SAMPLE_MACHINE);
  expect({ card, refused }).toEqual({ card: null, refused: true });
  expect(problem).toMatch(/^noise card .* ignored: .*; run "cnibench doctor --calibrate" to replace it$/);
});

it("reports a cache that cannot be written", () => {
  rmSync(join(file, ".."), { recursive: true });
  writeFileSync(join(file, ".."), "");
  expect(() => storeNoiseCard(host, CARD)).toThrow(EnvironmentError);
  expect(readFileSync(join(file, ".."), "utf8")).toBe("");
});

it("applies to interleaved runs on unshaped clusters of its kind", () => {
  storeNoiseCard(host, { ...CARD, machine: noiseMachine() });
  const spec = { nodes: 2, underlayMtu: 1500 };
  const described = { kind: clusters.netns, spec, plugins: [plugins.bridge, plugins.ptp] };
  expect(noiseCardFor(host, described).card).not.toBeNull();
  const none = { card: null, refused: false, problem: null };
  expect(noiseCardFor(host, { ...described, kind: clusters.vm })).toEqual(none);
  expect(noiseCardFor(host, { ...described, spec: { ...spec, underlayRate: 1e9 } })).toEqual(none);
  expect(noiseCardFor(host, { ...described, plugins: [plugins.bridge, plugins.flannel] })).toEqual(none);
});
