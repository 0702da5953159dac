/** Deployments run in order on fresh clusters, which are removed whatever happens. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { EnvironmentError } from "../../../core/errors.ts";
import type { RunEvent } from "../../../engine/run/events.ts";
import { runDeployments, type RunInput } from "../../../engine/run/run-deployments.ts";
import { prepare } from "../../../engine/session.ts";
import type { ResultRecord } from "../../../results/record.ts";
import { RunStore } from "../../../results/store.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { fakeHost, type FakeHost } from "../../helpers/fake-host.ts";
import { fakeChoices, fakeKind, fakeRunner, type FakeKind } from "../fake-run.ts";

/** Plans the baseline in two blocks. */
async function inputOf(host: FakeHost, { kind }: FakeKind, runner = fakeRunner()): Promise<RunInput> {
  const choices = fakeChoices(kind, { runners: { fake: runner } });
  const { plan, slots } = await prepare(host, choices);
  const store = new RunStore(temporaryDir(), 1, null);
  return { plan, slots, kind, spec: choices.spec, assets: [], store, onEvent: () => undefined };
}

function recordsOf({ store }: RunInput): ResultRecord[] {
  const lines = readFileSync(join(store.dir, "results.jsonl"), "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as ResultRecord);
}

it("reports the remaining time, which ends at 0", async () => {
  const host = fakeHost();
  const seconds: number[] = [];
  const onEvent = (event: RunEvent): void => {
    if (event.kind === "measuring") seconds.push(event.secondsLeft);
  };
  await runDeployments(host, { ...(await inputOf(host, fakeKind())), onEvent });
  // Each of the two blocks takes 1 s to deploy and 1 s to measure.
  expect(seconds).toEqual([3, 1]);
});

it("inspects every cluster before its deployment", async () => {
  const host = fakeHost();
  const fake = fakeKind();
  const inspect = async (): Promise<void> => void fake.log.push("inspect");
  const onEvent = ({ kind }: RunEvent): void => void (kind === "measuring" && fake.log.push(kind));
  await runDeployments(host, { ...(await inputOf(host, fake)), inspect, onEvent });
  const block = ["create", "inspect", "measuring", "dispose"];
  expect(fake.log).toEqual([...block, ...block]);
});

it("keeps the last lab and every lab with a failure until the user has seen it", async () => {
  const host = fakeHost();
  const fake = fakeKind();
  const keepLab = async (): Promise<void> => void fake.log.push("keep");
  const failing = fakeRunner(() => Promise.reject(new Error("no route")));
  await runDeployments(host, { ...(await inputOf(host, fake)), keepLab });
  expect(fake.log.splice(0)).toEqual(["create", "dispose", "create", "keep", "dispose"]);
  await runDeployments(host, { ...(await inputOf(host, fake, failing)), keepLab });
  expect(fake.log).toEqual(["create", "keep", "dispose", "create", "keep", "dispose"]);
});

it("stores the failure of a deployment for each repetition, and continues", async () => {
  const host = fakeHost();
  const fake = fakeKind();
  const input = await inputOf(host, fake);
  let count = 0;
  const inspect = async (): Promise<void> => {
    if (++count === 1) throw new EnvironmentError("no memory");
  };
  await runDeployments(host, { ...input, inspect });
  expect(recordsOf(input)).toMatchObject([
    { block: 1, error: "no memory" },
    { block: 2, value: 1e9 },
  ]);
  expect(fake.log).toEqual(["create", "dispose", "create", "dispose"]);
});

it("does not store an interrupted deployment as failed", async () => {
  const controller = new AbortController();
  const host = fakeHost({}, { signal: controller.signal });
  const fake = fakeKind();
  const input = await inputOf(host, fake);
  const events: RunEvent[] = [];
  const inspect = async (): Promise<void> => {
    controller.abort(new Error("interrupted"));
    throw new EnvironmentError("the node is lost");
  };
  const running = runDeployments(host, { ...input, inspect, onEvent: (event) => events.push(event) });
  await expect(running).rejects.toThrow("interrupted");
  expect(events.map(({ kind }) => kind)).toEqual(["deploying"]);
  expect(fake.log).toEqual(["create", "dispose"]);
});
