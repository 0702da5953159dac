/** Recognizes failures of login programs (exec credential plugins), whose own words kubectl prints before its error. */
import { printable } from "../core/errors.ts";

/** Lines of the program that are quoted, and characters of each. */
const [QUOTED_LINES, QUOTED_CHARS] = [3, 200];
/** A log line of kubectl: `E1130 08:20:52.123456    1234 memcache.go:265] ...`. */
const LOG_LINE = /^[EWIF]\d{4} \d\d:\d\d:/;

/** Returns the error of kubectl and what the program printed, on one line; null for other failures. Pure. */
export function loginFailure(stderr: string): string | null {
  const [, before = "", reason] = /^([^]*?)[^\n]*getting credentials: ([^\n]+)/.exec(stderr) ?? [];
  if (reason === undefined) return null;
  const words = before.split("\n").map((line) => printable(line.trim()).slice(0, QUOTED_CHARS));
  const own = [...new Set(words)].filter((line) => line !== "" && !LOG_LINE.test(line));
  const quoted = own.length === 0 ? "" : `; it printed: ${own.slice(-QUOTED_LINES).join("; ")}`;
  return `${printable(reason.trim()).slice(0, QUOTED_CHARS)}${quoted}`;
}
