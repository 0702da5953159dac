/** Waiting for an installed plugin. */
import { expect, test } from "vitest";
import { waitForNodeFiles } from "../../../kubernetes/install/ready.ts";
import type { Node } from "../../../core/model.ts";

const { signal } = new AbortController();

test("waitForNodeFiles polls every node until a daemon has written its files", async () => {
  const commands: string[] = [];
  /** A node whose files exist after a number of checks. */
  const node = (name: string, checks: number): Node => {
    const exec = async (argv: readonly string[]): Promise<object> => {
      commands.push(`${name} ${argv.join(" ")}`);
      return { exitCode: checks-- > 0 ? 1 : 0, ended: null, startError: null };
    };
    return { name, shell: { exec } } as unknown as Node;
  };
  await waitForNodeFiles(
    { nodes: [node("a", 0), node("b", 2)], files: ["/run/flannel/subnet.env"], root: "/host" },
    signal,
  );
  expect(commands.filter((one) => one === "b test -e /host/run/flannel/subnet.env")).toHaveLength(3);
  expect(commands[0]).toBe("a test -e /host/run/flannel/subnet.env");
});
