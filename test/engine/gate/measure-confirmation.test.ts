/** The second measurement ends at its limit, and continues in its directory. */
import { setTimeout } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { EnvironmentError } from "../../../core/errors.ts";
import {
  measureConfirmation,
  openConfirmation,
  type OpenConfirmation,
} from "../../../engine/gate/measure-confirmation.ts";
import { loadRun, type ComparedCell } from "../../../results/index.ts";
import { basePlugin, FakeBench } from "./fake-gate.ts";

const SUSPECT = {
  ...{ suite: "small", scenario: "tcp", path: "same-node", metric: "throughput" },
  ...{ plugin: { base: "mine", head: "mine" }, reference: { kind: "baseline" } },
} as ComparedCell;

it("ends a measurement at its limit, and resumes it with the same blocks", async () => {
  let pause = 0;
  const bench = new FakeBench(() => setTimeout(pause, 1e9));
  const measured = await bench.measure();
  onTestFinished(measured.unlock);
  const loaded = await loadRun(measured.store.dir);
  const bases = [basePlugin()];
  const openAgain = (): Promise<OpenConfirmation> =>
    openConfirmation(bench.host, { ...measured, loaded }, { cells: [SUSPECT], clauses: [] }, bases);

  const first = await openAgain();
  expect(first.session.plan.plugins).toEqual(["mine", "mine-in-base"]);
  expect(first.bound.limit).toBeGreaterThan(60);
  pause = 30;
  const short = { ...first, bound: { ...first.bound, limit: 0.1 } };
  await expect(measureConfirmation(bench.host, short, () => undefined)).rejects.toThrow(EnvironmentError);
  first.session.unlock();

  pause = 0;
  const second = await openAgain();
  onTestFinished(second.session.unlock);
  expect(second.session.run.id).toBe(first.session.run.id);
  const { run } = await measureConfirmation(bench.host, second, () => undefined);
  expect(run.outcome).toBe("complete");
});
