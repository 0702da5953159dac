/** Nodes that do not answer, combined with their state in Kubernetes. */
import { expect, test } from "vitest";
import type { Node } from "../../../../core/model.ts";
import { fakeKubectl, printed } from "../../../helpers/fake-kubectl.ts";
import { describeLostNodes } from "../../../../engine/deploy/kubernetes/lost-nodes.ts";
import { fakeHost, fakeShell } from "../../../helpers/fake-host.ts";

const host = fakeHost({ "enter true": { exitCode: 1 }, "enter-again true": {} });

function node(name: string, answers: boolean): Node {
  const lost = { exitCode: null, startError: "connection lost" };
  return {
    name,
    index: 1,
    ip: "",
    ip6: null,
    shell: fakeShell({ true: answers ? {} : lost }, name),
  };
}

/**
 * @param ready state of each node in Kubernetes
 * @param enterCommand command that enters a node with a new connection
 */
function cluster(
  answers: Readonly<Record<string, boolean>>,
  ready: Readonly<Record<string, boolean>>,
  enterCommand = "enter",
): Parameters<typeof describeLostNodes>[1] {
  const list = Object.entries(ready).map(([name, is]) => ({
    metadata: { name },
    status: { conditions: [{ type: "Ready", status: is ? "True" : "Unknown" }] },
  }));
  const { kubectl } = fakeKubectl({ get: printed({ items: list }) });
  return {
    nodes: Object.entries(answers).map(([name, is]) => node(name, is)),
    kubectl,
    enterCommand: (_node, terminal) => [terminal === false ? enterCommand : "enter-on-terminal"],
  };
}

test("a node that does not answer and is not ready is lost", async () => {
  expect(await describeLostNodes(host, cluster({ a: true, b: false }, { a: false, b: false }))).toMatch(
    /^lost node b: .*"kubectl describe node b"$/,
  );
});

test("a node that is ready has only lost its connection; nodes that answer are not reported", async () => {
  expect(await describeLostNodes(host, cluster({ a: true, b: false }, { a: true, b: true }))).toMatch(
    /^the connection to b was lost, .*no lost node/,
  );
  expect(await describeLostNodes(host, cluster({ a: true, b: false }, { a: true, b: true }, "enter-again"))).toMatch(
    /^the connection to b was lost, but new connections succeed/,
  );
  expect(await describeLostNodes(host, cluster({ a: true, b: true }, { a: true, b: false }))).toBeNull();
});
