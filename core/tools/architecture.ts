/** For which processor a program file is: the ELF header (System V ABI, figure 4-3), e_machine. */
import { closeSync, openSync, readSync } from "node:fs";

/** Numbers of e_machine that Linux machines have, by the name that Node gives the architecture. */
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

/** `arm64`, `x64` ...; null for a script, and for what is not known. @throws when the file cannot be read. */
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
