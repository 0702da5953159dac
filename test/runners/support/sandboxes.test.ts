import { expect, test } from "vitest";
import type { Sandbox } from "../../../core/model.ts";
import type { NodeDeployment } from "../../../runners/deployment.ts";
import { withSandboxes } from "../../../runners/support/sandboxes.ts";

/** A deployment that only logs calls. */
function deployment() {
  const calls: string[] = [];
  let count = 0;
  const createSandbox = async (): Promise<Sandbox> => {
    const name = `pod${++count}`;
    return {
      name,
      id: `id-of-${name}`,
      netns: `/run/netns/${name}`,
      remove: async () => void calls.push(`removed ${name}`),
    } as Sandbox;
  };
  const runtime = {
    del: async (_: unknown, { containerID }: { containerID: string }) => void calls.push(`DEL ${containerID}`),
  };
  return { calls, bare: { runtime, network: {}, createSandbox } as unknown as NodeDeployment };
}

const signal = new AbortController().signal;

test("after an error every sandbox is deleted and removed", async () => {
  const { bare, calls } = deployment();
  const failing = withSandboxes(bare, 3, signal, async (sandboxes) => {
    expect(sandboxes).toHaveLength(3);
    throw new Error("boom");
  });
  await expect(failing).rejects.toThrow("boom");
  expect(calls.toSorted()).toEqual([
    "DEL id-of-pod1",
    "DEL id-of-pod2",
    "DEL id-of-pod3",
    "removed pod1",
    "removed pod2",
    "removed pod3",
  ]);
});

test("an interrupted run keeps the sandboxes, because it removes the cluster", async () => {
  const { bare, calls } = deployment();
  const controller = new AbortController();
  const interrupted = withSandboxes(bare, 2, controller.signal, async () => {
    controller.abort(new Error("interrupted"));
    controller.signal.throwIfAborted();
  });
  await expect(interrupted).rejects.toThrow("interrupted");
  expect(calls).toEqual([]);
});
