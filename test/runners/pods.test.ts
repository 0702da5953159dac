import { expect, test } from "vitest";
import type { Sandbox } from "../../core/model.ts";
import type { BareDeployment } from "../../runners/deployment.ts";
import { inParallel, withSandboxes } from "../../runners/pods.ts";

/** A deployment that only notes what is asked of it. */
function deployment() {
  const gone: string[] = [];
  let made = 0;
  const createSandbox = async (): Promise<Sandbox> => {
    const name = `pod${++made}`;
    return { name, netns: `/run/netns/${name}`, remove: async () => void gone.push(`removed ${name}`) } as Sandbox;
  };
  const runtime = { del: async (_: unknown, { containerID }: { containerID: string }) => void gone.push(`DEL ${containerID}`) };
  return { gone, bare: { runtime, network: {}, createSandbox } as unknown as BareDeployment };
}

const signal = new AbortController().signal;

test("after an error every sandbox is deleted and removed", async () => {
  const { bare, gone } = deployment();
  const failing = withSandboxes(bare, 3, signal, async (sandboxes) => {
    expect(sandboxes).toHaveLength(3);
    throw new Error("boom");
  });
  await expect(failing).rejects.toThrow("boom");
  expect(gone.toSorted()).toEqual(["DEL pod1", "DEL pod2", "DEL pod3", "removed pod1", "removed pod2", "removed pod3"]);
});

test("an interrupted run leaves them to the end of the cluster", async () => {
  const { bare, gone } = deployment();
  const controller = new AbortController();
  const interrupted = withSandboxes(bare, 2, controller.signal, async () => {
    controller.abort(new Error("interrupted"));
    controller.signal.throwIfAborted();
  });
  await expect(interrupted).rejects.toThrow("interrupted");
  expect(gone).toEqual([]);
});

test("never more at a time than the limit, and all of them", async () => {
  let [now, most] = [0, 0];
  const done: number[] = [];
  await inParallel([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, 2));
    now--;
    done.push(item);
  });
  expect(most).toBe(3);
  expect(done.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test("after an error nothing more is begun, and what has begun ends first", async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const work = inParallel([1, 2, 3, 4], 2, async (item) => {
    begun.push(item);
    if (item === 1) throw new Error("first");
    await new Promise((resolve) => setTimeout(resolve, 5));
    ended.push(item);
  });
  await expect(work).rejects.toThrow("first");
  expect(begun).toEqual([1, 2]);
  expect(ended).toEqual([2]);
});
