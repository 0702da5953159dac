/** The prerequisites of VM clusters. */
import { expect, test } from "vitest";
import { DEFAULT_MACHINE } from "../../../clusters/vm/options.ts";
import { checkMemory, checkQemu } from "../../../clusters/vm/prerequisites.ts";
import { fakeHost } from "../../helpers/fake-host.ts";

test("missing QEMU is reported with the setup command", async () => {
  expect(await checkQemu(fakeHost(), "qemu-system-x86_64", null)).toEqual([
    { message: "qemu-system-x86_64 not found", fix: "cnibench setup --cluster vm" },
  ]);
});

// First lines of `qemu-system-x86_64 --version` on Debian 11, 12 and 13.
test.each([
  ["QEMU emulator version 5.2.0 (Debian 1:5.2+dfsg-11+deb11u3)", [/^QEMU 5\.2 .*\b7\.2\b/]],
  ["QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)", []],
  ["QEMU emulator version 10.0.2 (Debian 1:10.0.2+ds-2)", []],
])("%s", async (version, messages) => {
  const host = fakeHost({ "/usr/bin/qemu --version": { stdout: `${version}\n` } });
  const problems = (await checkQemu(host, "qemu", "/usr/bin/qemu")).map(({ message }) => message);
  expect(problems).toEqual(messages.map((pattern) => expect.stringMatching(pattern) as string));
});

test("nodes that exceed the memory of the host are reported", () => {
  expect(checkMemory(2, { ...DEFAULT_MACHINE, memory: 2 ** 50 })[0]?.message).toMatch(
    /^2 nodes .*1073741824 MiB .*\b\d+ MiB/,
  );
  expect(checkMemory(2, { ...DEFAULT_MACHINE, memory: 2 ** 20 })).toEqual([]);
});
