/**
 * The file of `--known`: cells whose regression is accepted until a date, each with the reason (docs/cli.md). An entry
 * that has expired or matches no cell is an error, so that the list cannot hide later changes.
 */
import { closeSync, readSync } from "node:fs";
import { messageOf, UsageError, printable } from "../../core/errors.ts";
import { matchesGlob } from "../../core/text.ts";
import type { SourcePosition } from "../../core/validation/document.ts";
import { MapReader, type Fields } from "../../core/validation/map.ts";
import { Problems, quote } from "../../core/validation/problems.ts";
import { list, matching, type Type } from "../../core/validation/value-types.ts";
import { MAX_BYTES, parseYaml } from "../../core/validation/yaml.ts";
import { openRegular } from "../regular-file.ts";
import type { RunComparison } from "./run-comparison.ts";

/** A cell whose regression is accepted. */
export interface KnownChange {
  /** Pattern of the IDs of cells of the head, suite/scenario/plugin/cluster/path/metric; `*` matches anything. */
  readonly cell: string;
  readonly reason: string;
  /** The last day on which the entry is valid, in UTC: `2027-01-31`. */
  readonly expires: string;
  readonly position: SourcePosition;
}

const DATE = /^\d{4}-\d\d-\d\d$/;

/** A day of the calendar. */
const day: Type<string> = {
  read: (node, label, problems) => {
    const written = node.kind === "scalar" && typeof node.value === "string" ? node.value : "";
    if (DATE.test(written) && isDay(written)) return written;
    problems.addMismatch(node, label, "a date such as 2027-01-31");
    return null;
  },
};

const nonEmpty = matching(/\S/, "a text");

const ENTRY = {
  cell: {
    type: nonEmpty,
    missing: "\"cell\" is missing; set it to the ID of a cell, or to a pattern such as '*/add-time'",
  },
  reason: { type: nonEmpty, missing: '"reason" is missing; state why the regression is accepted' },
  expires: { type: day, missing: '"expires" is missing; set it to the last day on which the regression is accepted' },
} as const satisfies Fields;

const FILE = {
  known: { type: list, missing: '"known" is missing; list the known changes below it' },
} as const satisfies Fields;

/** Reads a file of known changes. @param now decides which entries have expired @throws UsageError, UsageErrors */
export function loadKnownChanges(file: string, now: Date): readonly KnownChange[] {
  return parseKnownChanges(readLimited(file), file, now);
}

/** Reads at most one byte more than is valid, also of a file that grows. */
function readLimited(file: string): string {
  try {
    const fd = openRegular(file, MAX_BYTES);
    if (fd === null) throw new UsageError(`${file} not found`);
    try {
      const bytes = Buffer.alloc(MAX_BYTES + 1);
      return bytes.toString("utf8", 0, readSync(fd, bytes));
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw new UsageError(`--known: ${printable(messageOf(error))}`);
  }
}

/** @throws UsageErrors with all problems as `file:line:column: message` */
export function parseKnownChanges(yaml: string, file: string, now: Date): readonly KnownChange[] {
  const problems = new Problems();
  const parsed = parseYaml(yaml, file);
  if ("problems" in parsed) {
    for (const { position, message } of parsed.problems) problems.add(position, message);
    throw problems.toError();
  }
  const reader = new MapReader(parsed.root, "the file of known changes", FILE, problems);
  const today = now.toISOString().slice(0, 10);
  const entries = (reader.value("known") ?? []).map((node): KnownChange => {
    const entry = new MapReader(node, "a known change", ENTRY, problems);
    const [cell, reason, expires] = [entry.value("cell"), entry.value("reason"), entry.value("expires")];
    if (expires !== undefined && expires < today)
      problems.add(
        entry.at("expires") ?? node,
        `the known change of ${quote(cell ?? "")} expired on ${expires}; remove it or set a later day`,
      );
    const { line, column } = node;
    return { cell: cell ?? "", reason: reason ?? "", expires: expires ?? "", position: { file, line, column } };
  });
  problems.throwIfFound();
  return entries;
}

/**
 * Returns the comparison with the states of its regressions: `known`, which fail no build, or `unconfirmed`.
 * @throws UsageErrors for entries that match no cell, compared or not
 */
export function withRegressionStates(comparison: RunComparison, known: readonly KnownChange[]): RunComparison {
  const { cells, uncompared } = comparison;
  requireMatchedKnownChanges(known, [...cells, ...uncompared.map(({ cell }) => cell)]);
  const regressions = cells.filter(({ change }) => change === "regression");
  const stateOf = (id: string): "known" | "unconfirmed" =>
    known.some(({ cell }) => matchesGlob(id, cell)) ? "known" : "unconfirmed";
  return {
    ...comparison,
    cells: cells.map((cell) => (cell.change === "regression" ? { ...cell, state: stateOf(cell.id) } : cell)),
    known: known.map(({ cell, reason, expires }) => ({
      entry: { cell, reason, expires },
      state: regressions.some(({ id }) => matchesGlob(id, cell)) ? "matched" : "unmatched",
    })),
  };
}

const FORM = "suite/scenario/plugin/cluster/path/metric, where * matches anything";

/** @throws UsageErrors for entries that match none of the cells */
export function requireMatchedKnownChanges(
  known: readonly KnownChange[],
  cells: readonly { readonly id: string }[],
): void {
  const problems = new Problems();
  for (const { cell, position } of known)
    if (!cells.some(({ id }) => matchesGlob(id, cell)))
      problems.add(position, `${quote(cell)} matches no cell of this comparison; correct it (${FORM}) or remove it`);
  problems.throwIfFound();
}

function isDay(written: string): boolean {
  const time = Date.parse(`${written}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(written);
}
