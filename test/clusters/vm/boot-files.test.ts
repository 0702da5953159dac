import { chmodSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bootFileProblems } from "../../../clusters/vm/boot-files.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";

const NONE = { image: null, kernel: null, initrd: null };
const FILE = "/usr/bin/env";

test.each([
  [{ image: FILE }, [/^--vm-image requires --vm-kernel/]],
  [{ initrd: FILE }, [/^--vm-initrd requires --vm-kernel/]],
  [{ image: "/nowhere", kernel: FILE }, [/^--vm-image \/nowhere: not found; check the path$/]],
  [{ image: FILE, kernel: "/usr" }, [/^--vm-kernel \/usr: not a regular file/]],
  [{ image: "/nowhere", initrd: "/usr" }, [/^--vm-image/, /^--vm-initrd \/usr/, /requires --vm-kernel/]],
])("%j is refused", (given, messages) => {
  expect(bootFileProblems({ ...NONE, ...given })).toEqual(
    messages.map((message) => expect.stringMatching(message) as string),
  );
});

test("files that can be read, and none, are accepted", () => {
  expect(bootFileProblems(NONE)).toEqual([]);
  expect(bootFileProblems({ image: FILE, kernel: FILE, initrd: FILE })).toEqual([]);
  expect(bootFileProblems({ ...NONE, kernel: FILE })).toEqual([]);
});

test("a symbolic link to itself is refused", () => {
  const loop = join(temporaryDir(), "loop");
  symlinkSync(loop, loop);
  expect(bootFileProblems({ ...NONE, kernel: loop })).toEqual([
    expect.stringMatching(/^--vm-kernel \S+: not readable \(ELOOP: .*\)/),
  ]);
});

const isRoot = process.getuid?.() === 0;
test.skipIf(isRoot)(
  `a file without read permission is refused${isRoot ? " (skipped: root may read every file)" : ""}`,
  () => {
    const kernel = join(temporaryDir(), "vmlinuz");
    writeFileSync(kernel, "");
    chmodSync(kernel, 0);
    expect(bootFileProblems({ ...NONE, kernel })).toEqual([expect.stringContaining("not readable (EACCES")]);
  },
);
