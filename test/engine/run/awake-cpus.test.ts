import { expect, test } from "vitest";
import type { Cluster } from "../../../clusters/index.ts";
import { awakeFacts, idleCpuWarnings, machinesToKeepAwake, whileAwake } from "../../../engine/run/awake-cpus.ts";
import { fakeHost, fakeShell, type Reply } from "../../helpers/fake-host.ts";
import { fakeCluster, fakeKind, fakeRunInput, fakeRunner } from "../fake-run.ts";

const { signal } = new AbortController();

/** Returns a cluster on one machine, whose shell prints the answer of the script. */
function clusterWith(reply: Reply): Cluster {
  return { ...fakeCluster(2), cpus: { machines: [fakeShell({ bash: reply })] } };
}

test("CPUs stay idle if the user or the cluster wants it, with the reason", async () => {
  const cluster = clusterWith({ stdout: "cpu_dma_latency\n" });
  expect(machinesToKeepAwake(cluster, false)).toEqual([]);
  expect(await awakeFacts(cluster, false, signal)).toEqual({ means: null, reason: "--no-keep-awake" });
  expect(machinesToKeepAwake(fakeCluster(2), true)).toEqual([]);
  expect(await awakeFacts(fakeCluster(2), true, signal)).toEqual({ means: null, reason: "they are fake" });
});

test.each(["cpu_dma_latency", "spinners"] as const)("a load learns that CPUs are kept awake by %s", async (means) => {
  const cluster = clusterWith({ stdout: `${means}\n` });
  expect(await awakeFacts(cluster, true, signal)).toEqual({ means, reason: null });
  expect(await whileAwake(machinesToKeepAwake(cluster, true), signal, async (awake) => awake)).toBe(means);
});

test("a machine that does not allow it has a reason, and the load runs", async () => {
  const refusing = clusterWith({ stdout: "no autogroups\n" });
  expect(await awakeFacts(refusing, true, signal)).toEqual({ means: null, reason: "no autogroups" });
  const broken = clusterWith({ exitCode: 1, stderr: "bash: syntax error\n" });
  expect(await awakeFacts(broken, true, signal)).toEqual({ means: null, reason: "not possible: bash: syntax error" });
  expect(await whileAwake(machinesToKeepAwake(broken, true), signal, async (awake) => awake)).toBeNull();
});

test("CPUs that are awake need no warning", async () => {
  const host = fakeHost();
  const { slots } = await fakeRunInput(host, fakeKind(), { ...fakeRunner(), keepsCpusAwake: true });
  expect(idleCpuWarnings({ means: null, reason: "--no-keep-awake" }, slots)).toMatchObject([{ code: "idle-cpus" }]);
  expect(idleCpuWarnings({ means: "spinners", reason: null }, slots)).toEqual([]);
});
