import { expect, test } from "vitest";
import type { Sandbox } from "../../core/model.ts";
import type { BareDeployment } from "../../runners/deployment.ts";
import { withSandboxes } from "../../runners/sandboxes.ts";

/** A deployment that only notes what is asked of it. */
function deployment() {
  const gone: string[] = [];
  let made = 0;
  const createSandbox = async (): Promise<Sandbox> => {
    const name = `pod${++made}`;
    return { name, netns: `/run/netns/${name}`, remove: async () => void gone.push(`removed ${name}`) } as Sandbox;
  };
  const runtime = {
    del: async (_: unknown, { containerID }: { containerID: string }) => void gone.push(`DEL ${containerID}`),
  };
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
