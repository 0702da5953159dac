/** The state of a node between the lifecycles of containers, observed once for all clauses about what DEL leaves. */
import { run } from "../../core/shell.ts";
import { readAttributes, type Attributes } from "../node/attributes.ts";
import { inspect } from "../node/recorder.ts";
import { takeSnapshot, type Snapshot } from "../node/snapshot.ts";
import { describeCall } from "./call-output.ts";
import type { ClauseContext } from "./clause-context.ts";
import { skipUnless } from "./demand.ts";
import { listProcesses } from "./exit.ts";
import { listPluginFiles } from "./lease-files.ts";
import { oncePerNetwork } from "./once-per-network.ts";

interface NodeObservation {
  readonly state: Snapshot;
  readonly files: readonly string[];
  readonly processes: readonly string[];
  readonly mounts: readonly string[];
  readonly settings: Attributes;
}

export interface Lifecycles {
  readonly before: NodeObservation;
  /** The first container may leave objects that all containers share. */
  readonly afterFirst: NodeObservation;
  readonly afterThird: NodeObservation;
}

/** Runs three lifecycles on a new node. @throws Skip when ADD or DEL fails */
export function observeLifecycles(context: ClauseContext): Promise<Lifecycles> {
  return oncePerNetwork(context, "lifecycles", async () => {
    const before = await observe(context);
    await runLifecycle(context);
    const afterFirst = await observe(context);
    await runLifecycle(context);
    await runLifecycle(context);
    return { before, afterFirst, afterThird: await observe(context) };
  });
}

async function runLifecycle(context: ClauseContext): Promise<void> {
  const added = await context.add();
  if (context.canCheck(added)) await context.check(added);
  const { ok, last } = await context.del(added);
  skipUnless(ok, `DEL fails: ${describeCall(last)}`);
  await run(context.testNode.shell, ["ip", "netns", "delete", added.container.name]);
  context.testNode.forget(added.container);
}

async function observe(context: ClauseContext): Promise<NodeObservation> {
  const { shell } = context.testNode;
  const node = { container: { name: "", id: "", podName: "", netns: "", shell }, ifName: "eth0" };
  return {
    state: await takeSnapshot(context, { firewall: false, containers: false }),
    files: await listPluginFiles(context),
    processes: await listProcesses(context),
    mounts: (await inspect(shell, "cut -d' ' -f2 /proc/mounts")).split("\n"),
    settings: await readAttributes({ ...node, incoming: null, raw: null }),
  };
}
