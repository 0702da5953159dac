/** The files of a daemon on one node are recreated on another, as conformance tests do on their own node. */
import { expect, test } from "vitest";
import { netns } from "../../../clusters/netns/netns.ts";
import { run } from "../../../core/shell.ts";
import { readDaemonState } from "../../../engine/deploy/daemon-state.ts";
import { nodeAt } from "../../../engine/deploy/endpoints.ts";
import { flannel } from "../../../plugins/flannel.ts";
import { simplecni } from "../../../plugins/simplecni.ts";
import { TEST_SPEC } from "./with-deployment.ts";
import { createHost } from "../../../core/local.ts";

const host = createHost();

test("only files in /run are recreated, byte for byte", async () => {
  const cluster = await netns.create(host, TEST_SPEC);
  try {
    const [first, second] = [nodeAt(cluster.nodes, 0), nodeAt(cluster.nodes, 1)];
    const text = 'FLANNEL_NETWORK=10.244.0.0/16\nit\'s="$HOME" \\n `id`\n';
    await run(first.shell, ["install", "-D", "/dev/stdin", "/run/flannel/subnet.env"], { stdin: text });
    const script = await readDaemonState(flannel.kubernetes?.nodeFiles ?? [], first);
    expect(script).not.toContain("/opt/cni");
    await run(second.shell, ["sh", "-ec", script]);
    expect(await run(second.shell, ["cat", "/run/flannel/subnet.env"])).toBe(text);
    expect(await readDaemonState(simplecni.kubernetes?.nodeFiles ?? [], first)).toBe("");
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
});
