/** Pods of bare deployments: larger pod ranges, and CNI_ARGS. */
import { expect, test } from "vitest";
import { deployPlugin } from "../../../../engine/deploy/deploy.ts";
import { netns } from "../../../../clusters/netns/netns.ts";
import { plugins } from "../../../../plugins/index.ts";
import { createHost } from "../../../../core/local.ts";
import { containerIdOf } from "../../../../core/container-id.ts";
import { attachmentOf } from "../../../../runners/support/sandboxes.ts";
import { assetsOf, TEST_SPEC, withDeployment } from "../with-deployment.ts";

const host = createHost();

test("pods in larger ranges reach the pods of the other node", async () => {
  const cluster = await netns.create(host, TEST_SPEC);
  try {
    const deployment = await deployPlugin(host, assetsOf(plugins.ptp), cluster, { family: "ipv4", podRange: 20 });
    const { client, server } = await deployment.connectPair("cross-node");
    expect([client.ip, server.ip]).toEqual(["10.244.16.2", "10.244.32.2"]);
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
});

test("calls of the plugin get the CNI_ARGS of a pod, with the changes of the plugin", async () => {
  const plugin = {
    ...plugins.simplecni,
    cniArgs: [
      ["K8S_POD_UID", ""],
      ["A", "b"],
    ] as const,
  };
  await withDeployment(plugin, "ipv4", async (deployment) => {
    const onNode = await deployment.onNode();
    const { network, runtime } = onNode;
    const calls: (readonly [command: string, args: string | undefined])[] = [];
    onNode.watchInvocations(({ command, env }) => void calls.push([command, env.CNI_ARGS]));
    const sandbox = await onNode.createSandbox();
    const attachment = attachmentOf(sandbox);
    await runtime.add(network, attachment);
    await runtime.del(network, attachment);
    const { name, id } = sandbox;
    const pod = `K8S_POD_NAMESPACE=default;K8S_POD_NAME=${name};K8S_POD_INFRA_CONTAINER_ID=${id}`;
    expect(id).toBe(containerIdOf(name));
    expect(calls).toEqual(["ADD", "DEL"].map((command) => [command, `IgnoreUnknown=1;${pod};A=b`]));
  });
});
