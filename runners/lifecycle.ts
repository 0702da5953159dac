/** Runner `lifecycle`: the time of ADD, CHECK and DEL, and the time until a new pod receives its first answer. */
import { systemClock } from "../core/clock.ts";
import { CommandError, succeeded } from "../core/shell.ts";
import { reproduceCommand } from "../cni/index.ts";
import { namedValues, secondsOf, timingOutput } from "./support/timing.ts";
import { attachmentOf } from "./support/sandboxes.ts";
import type { DeploymentContext, LifecycleRunner, Measurement } from "./runner.ts";

/** Timeout for the first answer to a new pod. */
const READY_TIMEOUT_S = 5;
/** Seconds between two pings; limits the resolution of pod-ready-time. */
const PING_INTERVAL_S = "0.002";
/** The first spec version with CHECK. */
const CHECK_SINCE = "0.4.0";

export const lifecycle = {
  name: "lifecycle",
  summary: "time of ADD, CHECK and DEL, and until a new pod receives its first answer",
  scope: "lifecycle",
  metrics: ["add-time", "check-time", "del-time", "pod-ready-time"],
  sinceSpecVersion: { "check-time": CHECK_SINCE },
  tools: ["ping"],
  params: {},
  maxPods: () => 1,
  estimate: () => 0.15,
  run: runLifecycle,
  recompute: (stored) => {
    const times = namedValues(stored.stdout("times"));
    return { values: Object.fromEntries([...times].map(([metric, [seconds = NaN]]) => [metric, seconds])) };
  },
} as const satisfies LifecycleRunner;

async function runLifecycle({ deployment, keep, signal }: DeploymentContext): Promise<Measurement> {
  const { runtime, network, node, peer } = deployment;
  // Keeps the output of failing operations too, as evidence.
  deployment.watchInvocations((invocation) =>
    keep(`${invocation.command.toLowerCase()}-${invocation.plugin}`, invocation.output, reproduceCommand(invocation)),
  );
  const sandbox = await deployment.createSandbox();
  const attachment = attachmentOf(sandbox);
  try {
    const start = systemClock.now();
    await runtime.add(network, attachment, signal);
    const addTime = systemClock.now() - start;
    const ping = ["ping", "-n", "-c1", "-i", PING_INTERVAL_S, "-w", String(READY_TIMEOUT_S), peer.ip];
    const answer = await sandbox.shell.exec(ping, { timeout: READY_TIMEOUT_S + 2, signal });
    const readyTime = systemClock.now() - start;
    keep("ping", answer);
    if (!succeeded(answer)) throw new CommandError(answer);
    const check = (): Promise<unknown> => runtime.check(network, attachment, signal);
    const checkTime = CHECK_SINCE <= network.cniVersion ? { "check-time": await secondsOf(check) } : {};
    const delTime = await secondsOf(() => runtime.del(network, attachment, { signal }));
    const values = { "add-time": addTime, "pod-ready-time": readyTime, ...checkTime, "del-time": delTime };
    keep(
      "times",
      timingOutput(
        node.name,
        Object.entries(values).map(([metric, value]) => `${metric} ${value}`),
      ),
    );
    return { values, warnings: [] };
  } catch (error) {
    // Reports the first error. After a failed ADD, the runtime has already called DEL.
    await runtime.del(network, attachment).catch(() => undefined);
    throw error;
  } finally {
    deployment.watchInvocations(() => undefined);
    await sandbox.remove();
  }
}
