/** Deployments run in order on fresh clusters, which are removed whatever happens. */
import { expect, it } from "vitest";
import { EnvironmentError } from "../../../core/errors.ts";
import type { RunEvent } from "../../../engine/run/events.ts";
import { runDeployments } from "../../../engine/run/run-deployments.ts";
import { fakeHost } from "../../helpers/fake-host.ts";
import { fakeKind, fakeRunInput, fakeRunner, storedRecords } from "../fake-run.ts";

it("reports the remaining time, which ends at 0", async () => {
  const host = fakeHost();
  const seconds: number[] = [];
  const onEvent = (event: RunEvent): void => {
    if (event.kind === "measuring") seconds.push(event.secondsLeft);
  };
  await runDeployments(host, { ...(await fakeRunInput(host, fakeKind())), onEvent });
  // Each of the two blocks takes 1 s to deploy and 1 s to measure.
  expect(seconds).toEqual([3, 1]);
});

it("inspects every cluster before its deployment", async () => {
  const host = fakeHost();
  const fake = fakeKind();
  const inspect = async (): Promise<void> => void fake.log.push("inspect");
  const onEvent = ({ kind }: RunEvent): void => void (kind === "measuring" && fake.log.push(kind));
  await runDeployments(host, { ...(await fakeRunInput(host, fake)), inspect, onEvent });
  const block = ["create", "inspect", "measuring", "dispose"];
  expect(fake.log).toEqual([...block, ...block]);
});

it("keeps the last lab and every lab with a failure until the user has seen it", async () => {
  const host = fakeHost();
  const fake = fakeKind();
  const keepLab = async (): Promise<void> => void fake.log.push("keep");
  const failing = fakeRunner(() => Promise.reject(new Error("no route")));
  await runDeployments(host, { ...(await fakeRunInput(host, fake)), keepLab });
  expect(fake.log.splice(0)).toEqual(["create", "dispose", "create", "keep", "dispose"]);
  await runDeployments(host, { ...(await fakeRunInput(host, fake, failing)), keepLab });
  expect(fake.log).toEqual(["create", "keep", "dispose", "create", "keep", "dispose"]);
});

it("stores the failure of a deployment for each repetition, and continues", async () => {
  const host = fakeHost();
  const fake = fakeKind();
  const input = await fakeRunInput(host, fake);
  let count = 0;
  const inspect = async (): Promise<void> => {
    if (++count === 1) throw new EnvironmentError("no memory");
  };
  await runDeployments(host, { ...input, inspect });
  expect(storedRecords(input.store.dir)).toMatchObject([
    { block: 1, error: "no memory" },
    { block: 2, value: 1e9 },
  ]);
  expect(fake.log).toEqual(["create", "dispose", "create", "dispose"]);
});

it("does not store an interrupted deployment as failed", async () => {
  const controller = new AbortController();
  const host = fakeHost({}, { signal: controller.signal });
  const fake = fakeKind();
  const input = await fakeRunInput(host, fake);
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
