import { expect, test } from "vitest";
import { labCommand } from "../../../cli/commands/lab.ts";
import { EnvironmentError } from "../../../core/errors.ts";
import { fakeHost } from "../../helpers/fake-host.ts";
import { envWithTools } from "../../helpers/fake-tools.ts";

const FLAGS = { cluster: "netns", underlayMtu: 1500, nodes: 1, pods: 1, family: "ipv4" } as const;

test("a system that forbids namespaces is reported before a lab is created", async () => {
  const host = fakeHost({ unshare: { exitCode: 1 } }, { env: envWithTools(["ip", "ping", "cni-plugins"]) });
  const error: unknown = await labCommand(host, "bridge", FLAGS).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(EnvironmentError);
  expect(String(error)).toMatch(/forbids creating \w+ namespaces; fix: /);
});

test("more pods than addresses are refused before anything is checked", async () => {
  const host = fakeHost();
  await expect(labCommand(host, "bridge", { ...FLAGS, pods: 254 })).rejects.toMatchObject({
    problems: [expect.stringContaining("--pods 254: ")],
  });
  expect(host.shell.calls).toEqual([]);
});
