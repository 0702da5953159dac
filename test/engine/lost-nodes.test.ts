/** Nodes that do not answer, beside what Kubernetes says of them. */
import { expect, test } from "vitest";
import type { Node } from "../../core/model.ts";
import type { Output } from "../../core/shell.ts";
import type { Kubectl } from "../../clusters/kubernetes/kubectl.ts";
import { describeLostNodes } from "../../engine/lost-nodes.ts";

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
    startError: answers ? null : "gone",
  };
  return {
    name,
    index: 1,
    ip: "",
    ip6: null,
    podCidr: "",
    podCidr6: "",
    shell: {
      name,
      exec: async () => output,
      start: () => {
        throw new Error("nothing is started");
      },
    },
  };
}

/** @param ready what the API says of each node; a look that finds nothing is the last. @param enterCommand what enters a node anew */
function cluster(
  answers: Readonly<Record<string, boolean>>,
  ready: Readonly<Record<string, boolean>>,
  enterCommand = "false",
): Parameters<typeof describeLostNodes>[0] {
  const list = Object.entries(ready).map(([name, is]) => ({
    metadata: { name },
    status: { conditions: [{ type: "Ready", status: is ? "True" : "Unknown" }] },
  }));
  const kubectl = { list: async () => list, find: (look: () => Promise<unknown>) => look() } as unknown as Kubectl;
  return {
    nodes: Object.entries(answers).map(([name, is]) => node(name, is)),
    kubectl,
    enterCommand: (_node, terminal) => [terminal === false ? enterCommand : "false"],
  };
}

test("a node that is silent and not ready is lost", async () => {
  expect(await describeLostNodes(cluster({ a: true, b: false }, { a: false, b: false }), signal)).toBe(
    "node b is lost: it does not answer, and Kubernetes says that it is not ready; see: kubectl describe node b",
  );
});

test("a node that is ready has only lost its connection, and nodes that answer are none of it", async () => {
  expect(await describeLostNodes(cluster({ a: true, b: false }, { a: true, b: true }), signal)).toBe(
    "the connection to b is lost; Kubernetes does not say that a node of these is lost",
  );
  expect(await describeLostNodes(cluster({ a: true, b: false }, { a: true, b: true }, "true"), signal)).toBe(
    "the connection to b was lost, and the node is there: did the API server restart?",
  );
  expect(await describeLostNodes(cluster({ a: true, b: true }, { a: true, b: false }), signal)).toBeNull();
});
