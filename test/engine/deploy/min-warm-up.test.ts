import { expect, it } from "vitest";
import type { ClusterFacts } from "../../../clusters/index.ts";
import { minWarmUpOf } from "../../../engine/deploy/min-warm-up.ts";
import { fakeCluster } from "../fake-run.ts";

const facts = fakeCluster(2).facts;

it.each<[seconds: number, changes: Partial<ClusterFacts>]>([
  [0, {}],
  [1, { sameHost: false }],
  [1, { emulated: true }],
  [1, { underlayRate: 1e9 }],
  [1, { underlayDelay: 0.001 }],
  [1, { underlayLoss: 0.01 }],
])("%i s for a cluster with %j", (seconds, changes) => {
  expect(minWarmUpOf({ ...facts, ...changes })).toBe(seconds);
});
