/** Nodes that do not answer, combined with their state in Kubernetes. */
import { expect, test } from "vitest";
import type { Node } from "../../../../core/model.ts";
import type { Output } from "../../../../core/shell.ts";
import type { Kubectl } from "../../../../kubernetes/client.ts";
import { describeLostNodes } from "../../../../engine/deploy/kubernetes/lost-nodes.ts";

const { signal } = new AbortController();

function node(name: string, answers: boolean): Node {
  const output: Output = {
    argv: [],
    where: name,
    stdout: "",
    stderr: "",
    exitCode: answers ? 0 : null,
    signal: null,
    duration: 0,
    ended: null,
    startError: answers ? null : "connection lost",
  };
  return {
    name,
    index: 1,
    ip: "",
    ip6: null,
    shell: {
      name,
      exec: async () => output,
      start: () => {
        throw new Error("no command is started");
      },
    },
  };
}

/**
 * @param ready state of each node in Kubernetes; polling stops after one attempt
 * @param enterCommand command that enters a node with a new connection
 */
function cluster(
  answers: Readonly<Record<string, boolean>>,
  ready: Readonly<Record<string, boolean>>,
  enterCommand = "false",
): Parameters<typeof describeLostNodes>[0] {
  const list = Object.entries(ready).map(([name, is]) => ({
    metadata: { name },
    status: { conditions: [{ type: "Ready", status: is ? "True" : "Unknown" }] },
  }));
  const kubectl = {
    list: async () => list,
    poll: (inspect: () => Promise<unknown>) => inspect(),
  } as unknown as Kubectl;
  return {
    nodes: Object.entries(answers).map(([name, is]) => node(name, is)),
    kubectl,
    enterCommand: (_node, terminal) => [terminal === false ? enterCommand : "false"],
  };
}

test("a node that does not answer and is not ready is lost", async () => {
  expect(await describeLostNodes(cluster({ a: true, b: false }, { a: false, b: false }), signal)).toMatch(
    /^lost node b: .*"kubectl describe node b"$/,
  );
});

test("a node that is ready has only lost its connection; nodes that answer are not reported", async () => {
  expect(await describeLostNodes(cluster({ a: true, b: false }, { a: true, b: true }), signal)).toMatch(
    /^the connection to b was lost, .*no lost node/,
  );
  expect(await describeLostNodes(cluster({ a: true, b: false }, { a: true, b: true }, "true"), signal)).toMatch(
    /^the connection to b was lost, but new connections succeed/,
  );
  expect(await describeLostNodes(cluster({ a: true, b: true }, { a: true, b: false }), signal)).toBeNull();
});
