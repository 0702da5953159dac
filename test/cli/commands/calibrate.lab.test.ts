/** A tiny calibration of this machine: two blocks of pods. */
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { calibrateCommand } from "../../../cli/commands/calibrate.ts";
import { EXIT, Interrupted } from "../../../cli/exit-code.ts";
import { EnvironmentError } from "../../../core/errors.ts";
import type { Host } from "../../../core/host.ts";
import { createHost } from "../../../core/local.ts";
import { lookUpNoiseCard, storeNoiseCard } from "../../../engine/noise-card.ts";
import { lockHost } from "../../../engine/run/run-locks.ts";
import { cacheDir } from "../../../tools/cache.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { sampleNoiseCard } from "../../helpers/sample-noise-card.ts";
import { captureTerminal, type Terminal } from "../../helpers/terminal.ts";

let terminal: Terminal;
let host: Host;
let suite = "";
let cache = "";
beforeEach(() => {
  terminal = captureTerminal();
  const real = createHost();
  const dir = temporaryDir();
  suite = join(dir, "tiny.yaml");
  const scenarios = [{ name: "pods", runner: "lifecycle", repetitions: 2 }];
  writeFileSync(suite, JSON.stringify({ name: "tiny", blocks: 2, duration: "1s", scenarios }));
  // A cache without a card, with the tools of this machine.
  cache = join(dir, "cache");
  mkdirSync(cache);
  symlinkSync(join(cacheDir(real), "tools"), join(cache, "tools"));
  host = {
    ...real,
    tempDir: join(dir, "tmp"),
    env: { ...real.env, CI: "true", CNIBENCH_CACHE: cache },
    // Not the locks of this machine, because tests of other files measure at the same time.
    tryLock: (name) => real.tryLock(`${name}-of-test-${process.pid}`),
  };
  mkdirSync(host.tempDir);
});
afterEach(() => vi.restoreAllMocks());

it("measures one binary under two names, stores the card and prints it", async () => {
  expect(await calibrateCommand(host, { cluster: "auto", runs: 1 }, suite)).toBe(EXIT.success);
  const { card, problem } = lookUpNoiseCard(host);
  expect(problem).toBeNull();
  expect(card).toMatchObject({ plugin: "bridge", runs: 1, blocks: 2, duration: 1 });
  const added = card?.metrics.find(({ metric }) => metric === "add-time");
  expect(added).toMatchObject({ runner: "lifecycle", repetitions: 2, deployments: 4, modes: null });
  expect(added?.paired).toBeGreaterThan(0);
  expect(terminal.stdout()).toMatch(/pods: ADD.*not assessed/);
  expect(readdirSync(host.tempDir)).toEqual([]);
});

it("keeps the old card when it is interrupted", async () => {
  const file = storeNoiseCard(host, sampleNoiseCard());
  const before = readFileSync(file, "utf8");
  const calibration = calibrateCommand(host, { cluster: "auto", runs: 1 }, suite);
  await vi.waitUntil(() => terminal.stderr().includes("block 1/2"), { timeout: 30_000 });
  process.emit("SIGINT", "SIGINT");
  await expect(calibration).rejects.toThrow(Interrupted);
  expect(readFileSync(file, "utf8")).toBe(before);
  expect(readdirSync(host.tempDir)).toEqual([]);
});

it("does not measure next to another run", async () => {
  const unlock = await lockHost(host);
  await expect(calibrateCommand(host, { cluster: "auto", runs: 1 }, suite)).rejects.toThrow(EnvironmentError);
  unlock();
  expect(readdirSync(cache)).toEqual(["tools"]);
});
