/** Explains why the kernel would refuse to execute a file. */
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { arch } from "node:os";
import { basename, isAbsolute } from "node:path";
import { describeReadError, printable } from "../core/errors.ts";
import type { Host } from "../core/host.ts";
import { findTool, isExecutable } from "./find.ts";

/** Values of e_machine of the ELF header (System V ABI, figure 4-3), with the architecture names of Node.js. */
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
/** Type of a program header that names the dynamic loader (System V ABI, figure 5-2). */
const PT_INTERP = 3;
/** Contains the first line of a script, and usually the program headers of an ELF file and the name of its loader. */
const HEAD_BYTES = 4096;
const BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";

/** Returns why an existing file cannot be executed, with the next step, or null. The text follows the file name. */
export function whyNotRunnable(host: Host, file: string): string | null {
  try {
    const found = statSync(file);
    if (found.isDirectory()) return "is a directory; name the program in it";
    if (found.isFile() && found.size === 0) return "is an empty file; build or download it again";
    if (!isExecutable(file)) return `is not executable; run "chmod +x ${file}" or remove it`;
    return problemOfProgram(host, readHead(file));
  } catch (error) {
    return describeReadError(error);
  }
}

/** @param head the start of the file */
function problemOfProgram(host: Host, head: Buffer): string | null {
  if (head.toString("latin1", 0, ELF_MAGIC.length) === ELF_MAGIC) return problemOfElf(head);
  const [line = ""] = head.toString("latin1").split("\n");
  if (line.startsWith(`${BYTE_ORDER_MARK}#!`)) return 'is a script with a byte order mark before "#!"; remove the mark';
  if (!line.startsWith("#!")) return "is neither an ELF file nor a script with #!; build it for this system";
  if (line.endsWith("\r")) return "is a script with CR LF line ends; remove the CRs, e.g. with dos2unix";
  const [, interpreter = "", argument = ""] = /^#![ \t]*([^ \t]*)[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
  return problemOfScript(host, interpreter, argument);
}

function problemOfElf(head: Buffer): string | null {
  const architecture = architectureOf(head);
  if (architecture !== null && architecture !== arch())
    return `is built for ${architecture}, but this machine is ${arch()}; replace it with a binary for ${arch()}`;
  const loader = loaderOf(head);
  return loader === null || isExecutable(loader)
    ? null
    : `needs the dynamic loader ${printable(loader)}, which was not found; link it statically, or for this system`;
}

/** @param argument the rest of the first line: the kernel does not split it */
function problemOfScript(host: Host, interpreter: string, argument: string): string | null {
  const notFound = (name: string): string =>
    `needs the interpreter "${printable(name)}", which was not found; install it, or correct the first line`;
  if (!isAbsolute(interpreter) || !isExecutable(interpreter)) return notFound(interpreter);
  // env searches its argument in PATH. Its options are too rare to follow.
  const searched = basename(interpreter) === "env" && /^(?!-)[^=]+$/.test(argument);
  return searched && findTool(host, argument) === null ? notFound(argument) : null;
}

/** Returns `arm64`, `x64`, ...; null for unknown architectures. */
function architectureOf(head: Buffer): string | null {
  return ARCHITECTURES.get(numberAt(head, MACHINE_OFFSET, 2)) ?? null;
}

/** Returns the dynamic loader of an ELF file; null if it has none, or not in its first bytes. */
function loaderOf(head: Buffer): string | null {
  const is64 = head[4] === 2;
  const read = (at: number, bytes: 2 | 4 | 8): number => numberAt(head, at, bytes);
  const [first, size, count] = is64 ? [read(32, 8), read(54, 2), read(56, 2)] : [read(28, 4), read(42, 2), read(44, 2)];
  for (let at = first; at < first + size * count; at += size) {
    if (read(at, 4) !== PT_INTERP) continue;
    const [offset, length] = is64 ? [read(at + 8, 8), read(at + 32, 8)] : [read(at + 4, 4), read(at + 16, 4)];
    return /^[^\0]+(?=\0)/.exec(head.toString("latin1", offset, offset + length))?.[0] ?? null;
  }
  return null;
}

/** Returns an unsigned number in the byte order of the file, up to 48 bits; NaN beyond the buffer. */
function numberAt(head: Buffer, at: number, bytes: 2 | 4 | 8): number {
  if (!(at + bytes <= head.length)) return NaN;
  const used = Math.min(bytes, 6);
  return head[5] === BIG_ENDIAN_DATA ? head.readUIntBE(at + bytes - used, used) : head.readUIntLE(at, used);
}

function readHead(file: string): Buffer {
  const handle = openSync(file, "r");
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    return head.subarray(0, readSync(handle, head));
  } finally {
    closeSync(handle);
  }
}
