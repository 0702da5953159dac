/** Facts of a node's interface, before and after a change. */
import { expect, test } from "vitest";
import { netns } from "../../../clusters/netns/netns.ts";
import { run, type Shell, wrapShell } from "../../../core/shell.ts";
import { readLinkFacts } from "../../../engine/deploy/link-facts.ts";
import { TEST_SPEC } from "./with-deployment.ts";
import { createHost } from "../../../core/local.ts";

const host = createHost();

/** Sets TSO of eth0 (ETHTOOL_STSO of linux/ethtool.h). */
const SET_TSO = `
  socket(my $socket, 2, 2, 0);
  my $value = pack("LL", 0x1f, $ARGV[0]);
  ioctl($socket, 0x8946, my $request = pack("a16P", "eth0", $value)) or die "$!";`;

async function withNode(use: (node: Shell) => Promise<void>): Promise<void> {
  const cluster = await netns.create(host, { ...TEST_SPEC, nodes: 1 });
  try {
    for (const { shell } of cluster.nodes) await use(shell);
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
}

test("the queueing discipline and the offloads of the interface are read", async () => {
  await withNode(async (node) => {
    const before = await readLinkFacts(node);
    expect(before.qdisc).toBe("noqueue");
    expect(before.offloads).toEqual(expect.arrayContaining(["gso", "tso", "tx-checksum"]));
    await run(node, ["perl", "-e", SET_TSO, "0"]);
    await run(node, ["tc", "qdisc", "add", "dev", "eth0", "root", "pfifo"]);
    expect(await readLinkFacts(node)).toEqual({
      qdisc: "pfifo",
      offloads: before.offloads?.filter((name) => name !== "tso"),
    });
  });
});

test("a fact that cannot be read is null, not empty", async () => {
  await withNode(async (node) => {
    expect(await readLinkFacts(wrapShell(node, "a node without tools", ["false"]))).toEqual({
      qdisc: null,
      offloads: null,
    });
  });
});
