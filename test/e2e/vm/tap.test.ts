/** Networks of bridges and tap interfaces, and packet loss. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BareCluster } from "../../../clusters/cluster.ts";
import { DEFAULT_MACHINE } from "../../../clusters/vm/options.ts";
import { vm } from "../../../clusters/vm/vm.ts";
import { createHost, localShell } from "../../../core/local.ts";
import { run } from "../../../core/shell.ts";
import { skipReason } from "./prerequisites.ts";

const host = createHost();

const LOSS = 0.2;
const here = localShell();
const links = (): Promise<string> => run(here, ["ip", "-o", "link"]);

describe.skipIf(skipReason !== null)("two nodes on a bridge", () => {
  let cluster: BareCluster;
  let before = "";
  beforeAll(async () => {
    before = await links();
    const spec = {
      nodes: 2,
      underlayMtu: 1400,
      underlayLoss: LOSS,
      options: { ...DEFAULT_MACHINE, underlay: "tap" as const },
    };
    cluster = await vm.create(host, spec);
  }, 400_000);
  afterAll(() => cluster?.[Symbol.asyncDispose]());

  test("reach each other through it, and lose packets in both directions", async () => {
    const [first, second] = cluster.nodes;
    // Address resolution gives up after three requests, all of which are lost in 5 % of cases, so it is repeated first.
    await first!.shell.exec(["ping", "-n", "-c1", "-i0.2", "-w20", second!.ip], { timeout: 30 });
    const { stdout } = await first!.shell.exec(
      ["ping", "-n", "-c300", "-i0.02", "-w30", "-s1372", "-Mdo", second!.ip],
      { timeout: 60 },
    );
    const lost = Number(/([\d.]+)% packet loss/.exec(stdout)?.[1]) / 100;
    expect(lost).toBeGreaterThan(LOSS);
    expect(lost).toBeLessThan(0.55); // 0.36 on average, because both directions lose packets
    expect(cluster.facts.underlayLoss).toBe(LOSS);
  });

  test("the network of this host is unchanged", async () => {
    expect(await links()).toBe(before);
    expect(await run(here, [...cluster.enterCommand(cluster.nodes[1]!), "hostname"])).toMatch(/^node2\r?\n$/);
  });

  test("the bridge disappears with the cluster", async () => {
    const namespace = cluster.enterCommand(cluster.nodes[0]!).slice(0, 3);
    expect(namespace.slice(0, 2)).toEqual(["nsenter", "--target"]);
    await cluster[Symbol.asyncDispose]();
    expect((await here.exec(["test", "-e", `/proc/${namespace[2]}`])).exitCode).toBe(1);
  });
});
