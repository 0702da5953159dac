/** When a plugin is ready. */
import { expect, test } from "vitest";
import { Kubectl } from "../../../clusters/kubernetes/kubectl.ts";
import { waitForNodeFiles } from "../../../clusters/kubernetes/ready.ts";
import type { Node } from "../../../core/model.ts";

const { signal } = new AbortController();
const kubectl = new Kubectl({ kubeconfig: "/k", context: "c", cache: "/cache" });

test("files that a daemon writes after it was rolled out are waited for, on every node", async () => {
  const asked: string[] = [];
  /** A node that gets its files when it has been asked so often. */
  const node = (name: string, later: number): Node => {
    const exec = async (argv: readonly string[]): Promise<object> => {
      asked.push(`${name} ${argv.join(" ")}`);
      return { exitCode: later-- > 0 ? 1 : 0, ended: null, startError: null };
    };
    return { name, shell: { exec } } as unknown as Node;
  };
  await waitForNodeFiles(
    kubectl,
    { nodes: [node("a", 0), node("b", 2)], files: ["/run/flannel/subnet.env"], root: "/host" },
    signal,
  );
  expect(asked.filter((one) => one === "b test -e /host/run/flannel/subnet.env")).toHaveLength(3);
  expect(asked[0]).toBe("a test -e /host/run/flannel/subnet.env");
});
