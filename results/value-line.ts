/** Reads the usual lines of results.jsonl, which contain a value, faster than a JSON parser and a schema do. */
import type { PlainValue } from "./record-list.ts";
import { SCHEMA_VERSION } from "./record.ts";

const NAME = "[A-Za-z0-9][A-Za-z0-9._+-]{0,99}";
const COUNT = "([1-9]\\d{0,2})";
const TIME = "(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z)";
const NUMBER = "(-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][+-]?\\d+)?)";
/** A line as the store writes it, with the raw directory of `rawPath`: the cell without the metric, block and rep. */
const LINE = new RegExp(
  `^\\{"kind":"repetition","cell":"(((?:${NAME}/){4}${NAME})/${NAME})","schemaVersion":${SCHEMA_VERSION},` +
    `"block":${COUNT},"rep":${COUNT},"startedAt":"${TIME}","raw":"raw/\\2/\\3-\\4","value":${NUMBER}\\}$`,
);

/** Returns the record of a line; null for all other lines, valid or not. */
export function readValueLine(line: string): PlainValue | null {
  const match = LINE.exec(line);
  if (match === null) return null;
  const [, cell, , block, rep, startedAt, value] = match;
  const plain = { cell, block: Number(block), rep: Number(rep), startedAt: copyOf(startedAt), value: Number(value) };
  return Number.isFinite(plain.value) ? (plain as PlainValue) : null;
}

let lastCopy = "";

/** Returns a time that does not keep the line that it is a part of in memory. Neighboring lines have the same time. */
function copyOf(time = ""): string {
  if (time !== lastCopy) lastCopy = Buffer.from(time, "latin1").toString("latin1");
  return lastCopy;
}
