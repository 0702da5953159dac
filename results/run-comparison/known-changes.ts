/**
 * The file of `--known`: cells and clauses whose regression is accepted until a date, each with the reason
 * (docs/cli.md). An entry that has expired or matches nothing is an error, so that the list cannot hide later changes.
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
import type { KnownPattern, RunComparison } from "./run-comparison.ts";

/** A regression that is accepted: of the cells or of the clauses whose IDs match a pattern. */
export type KnownChange = KnownPattern & {
  readonly reason: string;
  /** The last day on which the entry is valid, in UTC: `2027-01-31`. */
  readonly expires: string;
  readonly position: SourcePosition;
};

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
  cell: { type: nonEmpty },
  clause: { type: nonEmpty },
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
    const [reason = "", expires = ""] = [entry.value("reason"), entry.value("expires")];
    const pattern = patternOf(entry, problems);
    if (expires !== "" && expires < today)
      problems.add(
        entry.at("expires") ?? node,
        `the known change of ${quote(textOf(pattern))} expired on ${expires}; remove it or set a later day`,
      );
    const { line, column } = node;
    return { ...pattern, reason, expires, position: { file, line, column } };
  });
  problems.throwIfFound();
  return entries;
}

/** Reads the pattern of an entry: that of cells or that of clauses. */
function patternOf(entry: MapReader<typeof ENTRY>, problems: Problems): KnownPattern {
  const [cell, clause] = [entry.value("cell"), entry.value("clause")];
  const { node } = entry;
  const [isCell, isClause] = [entry.at("cell") !== null, entry.at("clause") !== null];
  if (node.kind === "map" && !isCell && !isClause)
    problems.add(node, "\"cell\" is missing; set it to the ID of a cell, or to a pattern such as '*/add-time'");
  if (isCell && isClause)
    problems.add(entry.at("clause") ?? node, 'an entry has either "cell" or "clause"; make two entries');
  return isClause ? { clause: clause ?? "" } : { cell: cell ?? "" };
}

function textOf({ cell, clause }: KnownPattern): string {
  return cell ?? clause;
}

/** Reports whether an entry accepts the regression of a cell. */
export function acceptsCell({ cell }: KnownPattern, { id }: Identified): boolean {
  return cell !== undefined && matchesGlob(id, cell);
}

/** Reports whether an entry accepts the regression of a clause. */
export function acceptsClause({ clause }: KnownPattern, { id }: Identified): boolean {
  return clause !== undefined && matchesGlob(id, clause);
}

interface Identified {
  readonly id: string;
}

/**
 * Returns the comparison with the states of its regressions: `known`, which fail no build, or `unconfirmed`.
 * @throws UsageErrors for entries that match no cell and no clause, compared or not
 */
export function withRegressionStates(comparison: RunComparison, known: readonly KnownChange[]): RunComparison {
  const { cells, uncompared, clauses } = comparison;
  // The clauses of a check that failed are unknown.
  const knowable = comparison.uncomparedChecks.length === 0 ? known : known.filter(({ cell }) => cell !== undefined);
  requireMatchedKnownChanges(knowable, { cells: [...cells, ...uncompared.map(({ cell }) => cell)], clauses });
  const accepts = (entry: KnownPattern): boolean =>
    cells.some((cell) => cell.change === "regression" && acceptsCell(entry, cell)) ||
    clauses.some((clause) => clause.change === "regression" && acceptsClause(entry, clause));
  return {
    ...comparison,
    cells: cells.map((cell) => {
      if (cell.change !== "regression") return cell;
      return { ...cell, state: known.some((entry) => acceptsCell(entry, cell)) ? "known" : "unconfirmed" };
    }),
    clauses: clauses.map((clause) =>
      clause.change === "regression" && known.some((entry) => acceptsClause(entry, clause))
        ? { ...clause, state: "known" }
        : clause,
    ),
    known: known.map(({ position: _, ...entry }) => ({
      entry,
      state: accepts(entry) ? "matched" : "unmatched",
    })),
  };
}

const CELL_FORM = "suite/scenario/plugin/cluster/path/metric, where * matches anything";
const CLAUSE_FORM = "suite/scenario/plugin/cluster/clause/version, where * matches anything";

/**
 * @param compared cells and clauses of the comparison
 * @throws UsageErrors for entries that match none of them
 */
export function requireMatchedKnownChanges(
  known: readonly KnownChange[],
  { cells, clauses }: { readonly cells: readonly Identified[]; readonly clauses: readonly Identified[] },
): void {
  const problems = new Problems();
  for (const entry of known) {
    if (cells.some((cell) => acceptsCell(entry, cell)) || clauses.some((clause) => acceptsClause(entry, clause)))
      continue;
    const [noun, form] = entry.cell === undefined ? ["clause", CLAUSE_FORM] : ["cell", CELL_FORM];
    const problem = `${quote(textOf(entry))} matches no ${noun} of this comparison`;
    problems.add(entry.position, `${problem}; correct it (${form}) or remove it`);
  }
  problems.throwIfFound();
}

function isDay(written: string): boolean {
  const time = Date.parse(`${written}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(written);
}
