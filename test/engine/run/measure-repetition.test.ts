/** One repetition is stored with exactly what happened to it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { SkipError } from "../../../core/errors.ts";
import type { Deployment } from "../../../engine/deploy/live-deployment.ts";
import { NO_DAEMONS } from "../../../engine/deploy/live-deployment.ts";
import type { Task } from "../../../engine/plan/make-plan.ts";
import type { RunEvent } from "../../../engine/run/events.ts";
import { measureRepetition } from "../../../engine/run/measure-repetition.ts";
import { plugins } from "../../../plugins/index.ts";
import type { ResultRecord } from "../../../results/record.ts";
import { RunStore } from "../../../results/store.ts";
import type { PairRunner } from "../../../runners/runner.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { fakeHost, outputOf } from "../../helpers/fake-host.ts";
import { fakeNode, fakeRunner, planTask, storedRecords } from "../fake-run.ts";

/** Returns the baseline between two fake nodes. */
function fakeDeployment(changes: Partial<Extract<Deployment, { kind: "baseline" }>> = {}): Deployment {
  const end = (index: number) => {
    const node = fakeNode(index);
    return { name: node.name, node, ip: node.ip, ifName: "eth0", mtu: 1500, shell: node.shell };
  };
  return {
    kind: "baseline",
    connectPair: async () => ({ client: end(1), server: end(2) }),
    pods: async () => [],
    setBackgroundObjects: () => Promise.resolve(),
    describeLostNodes: async () => null,
    daemons: NO_DAEMONS,
    ...changes,
  };
}

interface Measured {
  readonly dir: string;
  readonly records: readonly ResultRecord[];
  readonly events: readonly RunEvent[];
}

async function measure(
  runner: PairRunner,
  { deployment = fakeDeployment(), host = fakeHost(), dir = temporaryDir(), task = null as Task | null } = {},
): Promise<Measured> {
  const events: RunEvent[] = [];
  await measureRepetition(host, {
    task: task ?? (await planTask(runner)),
    block: 3,
    rep: 2,
    deployment,
    cpuAccounting: "machine",
    idle: null,
    ownsProcesses: false,
    foreignPids: [],
    machinesToKeepAwake: [],
    linkRate: null,
    minWarmUp: 0,
    store: new RunStore(dir, 1, null),
    onEvent: (event) => events.push(event),
  });
  return { dir, events, records: storedRecords(dir) };
}

it("stores the values and the raw output with its command", async () => {
  const runner = fakeRunner(async ({ keep, client }) => {
    keep("Client", outputOf(["load", client.ip], { stdout: "12 Gbit/s\n" }));
    return { values: { throughput: 12e9 }, warnings: [{ code: "busy-machine", message: "busy" }] };
  });
  const { dir, records, events } = await measure(runner);
  const raw = "raw/small/tcp/host/fake/host/3-2";
  expect(records).toEqual([
    {
      schemaVersion: 1,
      kind: "repetition",
      cell: "small/tcp/host/fake/host/throughput",
      block: 3,
      rep: 2,
      startedAt: "1970-01-01T00:00:00.000Z",
      raw,
      warnings: [{ code: "busy-machine", message: "busy" }],
      value: 12e9,
    },
  ]);
  expect(readFileSync(join(dir, raw, "client.stdout"), "utf8")).toBe("12 Gbit/s\n");
  expect(readFileSync(join(dir, raw, "client.cmd"), "utf8")).toContain("load 10.1.0.1");
  expect(events.map(({ kind }) => kind)).toEqual(["measured"]);
});

it("stores a metric that the runner did not collect as an error", async () => {
  const { records } = await measure(fakeRunner(async () => ({ values: {}, warnings: [] })));
  expect(records).toMatchObject([{ error: "fake did not collect throughput" }]);
});

it("stores no value of a repetition with an impossible one, and keeps the raw output", async () => {
  const runner = fakeRunner(async ({ keep }) => {
    keep("client", outputOf(["load"], { stdout: "-12\n" }));
    return { values: { throughput: -12 }, warnings: [] };
  });
  const { dir, records, events } = await measure(runner);
  const raw = "raw/small/tcp/host/fake/host/3-2";
  expect(records).toMatchObject([{ raw, error: expect.stringContaining("throughput of -12 bit/s") as string }]);
  expect(records[0]).not.toHaveProperty("value");
  expect(readFileSync(join(dir, raw, "client.stdout"), "utf8")).toBe("-12\n");
  expect(events.map(({ kind }) => kind)).toEqual(["failed"]);
});

it.each([
  ["an error", new Error("connection\u001b[31m refused"), { error: "connection\ufffd[31m refused" }, "failed"],
  ["a skip", new SkipError("no such service"), { skip: "no such service" }, "skipped"],
])("stores %s of the runner", async (_, thrown, expected, event) => {
  const { records, events } = await measure(fakeRunner(() => Promise.reject(thrown)));
  expect(records).toMatchObject([expected]);
  expect(events.map(({ kind }) => kind)).toEqual([event]);
});

it("names lost nodes, which errors rarely do", async () => {
  const deployment = fakeDeployment({ describeLostNodes: async () => "lost node node2" });
  const { records } = await measure(
    fakeRunner(() => Promise.reject(new Error("timeout"))),
    { deployment },
  );
  expect(records).toMatchObject([{ error: "lost node node2; timeout" }]);
});

it("drops values that were measured without a daemon", async () => {
  const deployment = fakeDeployment({ daemons: { ...NO_DAEMONS, failure: () => "flanneld on node1 exited" } });
  const { records } = await measure(fakeRunner(), { deployment });
  expect(records).toMatchObject([{ error: "flanneld on node1 exited" }]);
});

it("stores nothing if it is interrupted", async () => {
  const controller = new AbortController();
  const runner = fakeRunner(async () => {
    controller.abort(new Error("interrupted"));
    return { values: { throughput: 1 }, warnings: [] };
  });
  const dir = temporaryDir();
  const measured = measure(runner, { dir, host: fakeHost({}, { signal: controller.signal }) });
  await expect(measured).rejects.toThrow("interrupted");
  expect(readdirSync(dir)).toEqual([]);
});

it("does not run a check of plugins on the baseline", async () => {
  const task = await planTask(fakeRunner());
  const check = { ...fakeRunner(), scope: "checks", target: "node", run: async () => [] } as const;
  const { records } = await measure(fakeRunner(), { task: { ...task, runner: check, plugin: plugins.bridge.name } });
  expect(records).toMatchObject([{ kind: "check", error: "fake cannot measure the baseline" }]);
});
