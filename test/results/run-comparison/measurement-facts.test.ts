import { expect, it } from "vitest";
import { AWAKE_RUNNERS } from "../../../results/run-comparison/measurement-facts.ts";
import { runners } from "../../../runners/index.ts";

it("knows the runners that keep CPUs awake", () => {
  const awake = Object.values(runners).filter((runner) => "keepsCpusAwake" in runner);
  expect(awake.map(({ name }) => name).toSorted()).toEqual([...AWAKE_RUNNERS]);
});
