/** Writes an empty qcow2 overlay on top of another disk. Source: QEMU's docs/interop/qcow2.txt, version 2. */
import { statSync, writeFileSync } from "node:fs";

const CLUSTER_BYTES = 2 ** 16;
/** Bytes of the disk covered by one entry of the L1 table. */
const BYTES_PER_ENTRY = (CLUSTER_BYTES / 8) * CLUSTER_BYTES;
const BACKING_FORMAT = 0xe2792aca;

/** @param disk absolute path of a raw disk image */
export function writeOverlay(file: string, disk: string): void {
  const { size } = statSync(disk);
  const name = Buffer.from(disk);
  const [header, refcounts, counted, l1] = [0, 1, 2, 3].map((cluster) => cluster * CLUSTER_BYTES) as [
    number,
    number,
    number,
    number,
  ];
  const overlay = Buffer.alloc(4 * CLUSTER_BYTES);
  overlay.write("QFI\u00fb", header, "latin1");
  overlay.writeUInt32BE(2, 4);
  const nameAt = 96; // after two header extensions: the format and the end marker
  overlay.writeBigUInt64BE(BigInt(nameAt), 8);
  overlay.writeUInt32BE(name.length, 16);
  overlay.writeUInt32BE(Math.log2(CLUSTER_BYTES), 20);
  overlay.writeBigUInt64BE(BigInt(size), 24);
  overlay.writeUInt32BE(Math.ceil(size / BYTES_PER_ENTRY), 36);
  overlay.writeBigUInt64BE(BigInt(l1), 40);
  overlay.writeBigUInt64BE(BigInt(refcounts), 48);
  overlay.writeUInt32BE(1, 56);
  overlay.writeUInt32BE(BACKING_FORMAT, 72);
  overlay.writeUInt32BE("raw".length, 76);
  overlay.write("raw", 80);
  name.copy(overlay, nameAt);
  overlay.writeBigUInt64BE(BigInt(counted), refcounts);
  for (let cluster = 0; cluster < 4; cluster++) overlay.writeUInt16BE(1, counted + 2 * cluster);
  writeFileSync(file, overlay);
}
