/** The probe of the kernel on a real lab. */
import { expect, test } from "vitest";
import { netns } from "../../../clusters/netns/netns.ts";
import { createHost } from "../../../core/local.ts";
import { probeKernel } from "../../../engine/preflight/kernel-probe.ts";
import { plugins } from "../../../plugins/index.ts";
import { TEST_SPEC } from "../deploy/with-deployment.ts";

const NEEDS = { plugins: [plugins.macvlan], families: ["ipv4"] } as const;

test("an interrupt ends the probe", async () => {
  const reason = new Error("interrupted");
  const interrupted = { ...createHost(), signal: AbortSignal.abort(reason) };
  await expect(probeKernel(interrupted, netns, TEST_SPEC, NEEDS)).rejects.toBe(reason);
});
