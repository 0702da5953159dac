import { expect, test } from "vitest";
import { enterShell, run } from "../../../core/shell.ts";
import { inspect, observe, recordingShell, type Step } from "../../../conformance/node/recorder.ts";
import { fakeShell } from "../../helpers/fake-host.ts";

const OUT = { stdout: "out" };

test("every command is a step, unless its caller only observes", async () => {
  const steps: Step[] = [];
  const shell = recordingShell(fakeShell({ cat: OUT, ip: OUT, sh: OUT }), steps);
  const container = enterShell(shell, "container", { namespaces: ["/run/netns/c"] });
  await run(shell, ["ip", "link", "show"]);
  await run(container, ["cat", "/x"], { stdin: "input", env: { CNI_COMMAND: "ADD" } });
  expect(await observe(container, ["ip", "link", "delete", "dev", "eth0"])).toBe("out");
  expect(await inspect(shell, "echo 1 >/x")).toBe("out");
  expect(steps.map(({ argv }) => argv.join(" "))).toEqual(["ip link show", "nsenter --net=/run/netns/c -- cat /x"]);
  expect(steps[1]).toMatchObject({ stdin: "input", env: { CNI_COMMAND: "ADD" }, output: { stdout: "out" } });
});
