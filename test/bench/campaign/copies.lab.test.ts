import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ORIGINAL, writeCopies, type CopyName } from "../../../bench/campaign/copies.ts";
import { offloadsCommand } from "../../../core/probe/probe.ts";
import { run, type Shell } from "../../../core/shell.ts";
import type { BarePlugin } from "../../../plugins/index.ts";
import { withDeployment } from "../../engine/deploy/with-deployment.ts";

let dir = "";
beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), "campaign-"))));
afterAll(() => rmSync(dir, { recursive: true }));

/** What a change leaves in a pod or on its node. */
interface Observed {
  readonly qdisc: string;
  readonly mtu: number;
  readonly offloads: string;
  readonly rules: number;
}

async function observe(plugin: BarePlugin): Promise<Observed> {
  let observed: Observed | null = null;
  await withDeployment(plugin, "ipv4", async (deployment) => {
    const { client } = await deployment.connectPair("cross-node");
    const inPod = (argv: readonly string[], shell: Shell = client.shell): Promise<string> => run(shell, argv);
    observed = {
      qdisc: await inPod(["tc", "qdisc", "show", "dev", client.ifName]),
      mtu: client.mtu,
      offloads: await inPod(offloadsCommand(client.ifName)),
      rules: (await inPod(["iptables", "-S", "FORWARD"], client.node.shell)).trimEnd().split("\n").length,
    };
  });
  if (observed === null) throw new Error("not observed");
  return observed;
}

test("the copies change what they are named after, and nothing else", async () => {
  const original = await observe(ORIGINAL);
  const copies = writeCopies(dir, false);
  const observed = new Map<CopyName, Observed>();
  for (const { name, plugin } of copies) observed.set(name, await observe(plugin));
  const changes = [...observed].map(([name, facts]) => [
    name,
    (Object.keys(facts) as (keyof Observed)[]).filter((fact) => facts[fact] !== original[fact]),
  ]);
  expect(Object.fromEntries(changes)).toEqual({
    rate: ["qdisc"],
    rules: ["rules"],
    mtu: ["mtu"],
    offloads: ["offloads"],
    sleep: [],
  });
  expect(observed.get("rate")?.qdisc).toContain("tbf");
  expect(observed.get("rules")?.rules).toBe(original.rules + 500);
  expect(observed.get("mtu")?.mtu).toBeLessThan(original.mtu);
  // Links of type veth cannot turn off the verification of received checksums.
  expect(observed.get("offloads")?.offloads.replace("rx-checksum\n", "")).toBe("");
});
