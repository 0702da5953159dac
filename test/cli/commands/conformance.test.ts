import { expect, test } from "vitest";
import { conformanceCommand } from "../../../cli/commands/conformance.ts";
import { EnvironmentError } from "../../../core/errors.ts";
import { fakeHost } from "../../helpers/fake-host.ts";
import { envWithTools } from "../../helpers/fake-tools.ts";

const FLAGS = { cluster: "netns", underlayMtu: 1500, spec: ["all"], jobs: 1, format: "text" } as const;

test("a system that forbids namespaces is reported before a lab is created", async () => {
  const env = envWithTools(["ip", "ping", "jq", "iptables"]);
  const host = fakeHost({ unshare: { exitCode: 1 } }, { env });
  const error: unknown = await conformanceCommand(host, ["simplecni"], FLAGS).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(EnvironmentError);
  expect(String(error)).toMatch(/forbids creating \w+ namespaces; fix: /);
});
