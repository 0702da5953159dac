/** Detects the processor architecture of a binary: e_machine of the ELF header (System V ABI, figure 4-3). */
import { closeSync, openSync, readSync } from "node:fs";

/** Values of e_machine on Linux, with the architecture names of Node.js. */
const ARCHITECTURES: ReadonlyMap<number, string> = new Map([
  [0x03, "ia32"],
  [0x08, "mips"],
  [0x15, "ppc64"],
  [0x16, "s390x"],
  [0x28, "arm"],
  [0x3e, "x64"],
  [0xb7, "arm64"],
  [0xf3, "riscv64"],
  [0x102, "loong64"],
]);
const [ELF_MAGIC, MACHINE_OFFSET, BIG_ENDIAN_DATA] = ["\x7fELF", 18, 2];

/** Returns `arm64`, `x64`, ...; null for scripts and unknown architectures. @throws Error if the file is unreadable */
export function architectureOf(file: string): string | null {
  const header = Buffer.alloc(MACHINE_OFFSET + 2);
  const handle = openSync(file, "r");
  try {
    readSync(handle, header, 0, header.length, 0);
  } finally {
    closeSync(handle);
  }
  if (header.toString("latin1", 0, ELF_MAGIC.length) !== ELF_MAGIC) return null;
  const machine =
    header[5] === BIG_ENDIAN_DATA ? header.readUInt16BE(MACHINE_OFFSET) : header.readUInt16LE(MACHINE_OFFSET);
  return ARCHITECTURES.get(machine) ?? null;
}
