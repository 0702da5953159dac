/** Objects of others that are placed into shared objects of a node. */
import { expect, test } from "vitest";
import { netns } from "../../../clusters/netns/netns.ts";
import { objectLines, placeForeignObjects, readSharedState } from "../../../conformance/node/foreign-objects.ts";
import { createTestNode } from "../../../conformance/node/test-node.ts";
import { createHost } from "../../../core/local.ts";
import { run } from "../../../core/shell.ts";

test("a port with a lower MAC address changes nothing that was placed on its bridge", async () => {
  await using cluster = await netns.create(createHost(), { nodes: 1, underlayMtu: 1500 });
  const { shell } = await createTestNode(cluster.nodes[0]!.shell);
  const before = await readSharedState(shell);
  await run(shell, ["ip", "link", "add", "br0", "type", "bridge"]);
  const placed = await placeForeignObjects(shell, before, await readSharedState(shell));
  expect(placed).toContain("neighbor 192.0.2.99 dev br0 lladdr 02:00:5e:00:53:02");
  await run(shell, [
    "ip",
    "link",
    "add",
    "low0",
    "address",
    "02:00:00:00:00:01",
    "type",
    "veth",
    "peer",
    "name",
    "low1",
  ]);
  await run(shell, ["ip", "link", "set", "low0", "up", "master", "br0"]);
  expect(objectLines(await readSharedState(shell))).toEqual(expect.arrayContaining([...placed]));
});
