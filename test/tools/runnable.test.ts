/** Detection of files that the kernel refuses to execute, with the reason. */
import { mkdirSync, writeFileSync } from "node:fs";
import { arch } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { whyNotRunnable } from "../../tools/runnable.ts";
import { temporaryDir } from "../helpers/cnibench.ts";
import { fakeHost } from "../helpers/fake-host.ts";

/** Values of e_machine. */
const MACHINES: Readonly<Record<string, number>> = { x64: 0x3e, arm64: 0xb7, s390x: 0x16 };
const OTHER = arch() === "arm64" ? "x64" : "arm64";

interface Elf {
  readonly machine?: string;
  readonly bits?: 32 | 64;
  readonly bigEndian?: boolean;
  /** Dynamic loader; null: none. */
  readonly loader?: string | null;
}

/** Returns an ELF file of a header, one program header and the name of its loader. */
function elf({ machine = arch(), bits = 64, bigEndian = false, loader = null }: Elf): Buffer {
  const file = Buffer.alloc(256);
  const is64 = bits === 64;
  const layout = is64
    ? { word: 8, header: 32, size: 54, count: 56, entry: 56, offset: 72, length: 96 }
    : { word: 4, header: 28, size: 42, count: 44, entry: 32, offset: 68, length: 80 };
  const write = (value: number, at: number, bytes: number): void => {
    const number = Buffer.alloc(8);
    number.writeBigUInt64LE(BigInt(value));
    const little = number.subarray(0, bytes);
    file.set(bigEndian ? little.toReversed() : little, at);
  };
  file.write("\x7fELF", "latin1");
  file.set([bits / 32, bigEndian ? 2 : 1], 4);
  write(MACHINES[machine] ?? 0, 18, 2);
  write(64, layout.header, layout.word);
  write(layout.entry, layout.size, 2);
  write(1, layout.count, 2);
  write(loader === null ? 1 : 3, 64, 4);
  write(128, layout.offset, layout.word);
  write((loader ?? "").length + 1, layout.length, layout.word);
  file.write(`${loader ?? ""}\0`, 128, "latin1");
  return file;
}

function problemOf(content: string | Buffer, mode = 0o755): string | null {
  const file = join(temporaryDir(), "plugin");
  writeFileSync(file, content, { mode });
  return whyNotRunnable(fakeHost({}, { env: { PATH: "/nowhere" } }), file);
}

test.each<[string, string | Buffer]>([
  ["a static binary", elf({})],
  ["a dynamic binary", elf({ loader: "/bin/sh" })],
  ["a 32-bit binary of an unknown machine", elf({ machine: "unknown", bits: 32, loader: "/bin/sh" })],
  ["a truncated binary", elf({ loader: "/no/loader" }).subarray(0, 60)],
  ["a script", "#!/bin/sh\nexit 0\r\n"],
  ["a script with options", "#! /bin/sh -e\n"],
  ["a script of env", "#!/usr/bin/env sh\n"],
  ["a script of env with options", "#!/usr/bin/env -S no-such-program -x\n"],
])("%s can be run", (_, content) => {
  expect(problemOf(content)).toBeNull();
});

test.each<[string, string | Buffer, string]>([
  ["another architecture", elf({ machine: OTHER }), `is built for ${OTHER}, but this machine is ${arch()}`],
  ["a big-endian architecture", elf({ machine: "s390x", bigEndian: true }), "is built for s390x"],
  ["a missing loader", elf({ loader: "/lib/ld-none.so.1" }), "dynamic loader /lib/ld-none.so.1, which was not found"],
  ["a missing loader, 32 bits", elf({ bits: 32, loader: "/lib/ld-none.so.1" }), "dynamic loader /lib/ld-none.so.1"],
  ["CR LF", "#!/bin/sh\r\nexit 0\r\n", "CR LF"],
  ["CR LF after an option", "#!/bin/sh -e\r\n", "CR LF"],
  ["a byte order mark", "\ufeff#!/bin/sh\n", "byte order mark"],
  ["a missing interpreter", "#!/no/such/program -x\n", 'interpreter "/no/such/program", which was not found'],
  ["a relative interpreter", "#!sh\n", 'interpreter "sh", which was not found'],
  ["no interpreter", "#!\n", 'interpreter "", which was not found'],
  ["a missing program of env", "#!/usr/bin/env no-such-program\n", 'interpreter "no-such-program"'],
  ["a program of env with an option", "#!/usr/bin/env sh -e\n", 'interpreter "sh -e"'],
  ["text", "echo hello\n", "neither an ELF file nor a script"],
  ["an empty file", "", "empty file"],
])("%s is named", (_, content, problem) => {
  expect(problemOf(content)).toContain(problem);
});

test("a file without execute permission, and a directory", () => {
  expect(problemOf("#!/bin/sh\n", 0o644)).toMatch(/^is not executable; run "chmod \+x .*plugin"/);
  const dir = join(temporaryDir(), "plugin");
  mkdirSync(dir);
  expect(whyNotRunnable(fakeHost(), dir)).toContain("is a directory");
});
