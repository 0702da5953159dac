import { expect, test } from "vitest";
import { nodeCpus } from "../../../clusters/vm/node-cpus.ts";
import { fakeShell } from "../../helpers/fake-host.ts";

const nodes = [fakeShell({}), fakeShell({})];

test("CPUs of machines that have CPUs of this host are kept awake, inside the machines", () => {
  expect(nodeCpus(nodes, { cpus: 2, emulated: false }, 4)).toEqual({ machines: nodes });
});

test.each([
  ["emulated", { cpus: 1, emulated: true }, /emulated/],
  ["more than those of this host", { cpus: 2, emulated: false }, /4 CPUs.* 3/],
])("CPUs that are %s are not", (_, machine, reason) => {
  expect(nodeCpus(nodes, machine, 3)).toEqual({ leaveIdle: expect.stringMatching(reason) as string });
});
