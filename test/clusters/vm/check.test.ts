/** What stands in the way of VM clusters on a machine that lacks something. */
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { MachineSpec } from "../../../clusters/cluster.ts";
import { checkMemory, checkQemu } from "../../../clusters/vm/check.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";

test("no QEMU is told with the command that brings it", async () => {
  expect(await checkQemu("qemu-system-x86_64", null)).toEqual([
    { message: "qemu-system-x86_64 is not here", fix: "cnibench setup --cluster vm" },
  ]);
});

// First lines of `qemu-system-x86_64 --version` as Debian 11, Debian 12 and Debian 13 have it.
test.each([
  [
    "QEMU emulator version 5.2.0 (Debian 1:5.2+dfsg-11+deb11u3)",
    ["QEMU 5.2 is too old; VM clusters need 7.2 or newer"],
  ],
  ["QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)", []],
  ["QEMU emulator version 10.0.2 (Debian 1:10.0.2+ds-2)", []],
])("%s", async (version, messages) => {
  const program = join(temporaryDir(), "qemu");
  writeFileSync(program, `#!/bin/sh\necho "${version}"\n`);
  chmodSync(program, 0o755);
  expect((await checkQemu("qemu", program)).map(({ message }) => message)).toEqual(messages);
});

test("more memory than the machine has is told", () => {
  const machine: MachineSpec = {
    memory: 2 ** 50,
    cpus: 1,
    nics: 1,
    underlay: "sockets",
    image: null,
    kernel: null,
    initrd: null,
    logs: null,
  };
  expect(checkMemory(2, machine)[0]?.message).toMatch(
    /^2 nodes of 1073741824 MiB are more than the \d+ MiB of this machine/,
  );
  expect(checkMemory(2, { ...machine, memory: 2 ** 20 })).toEqual([]);
});
