import { shortened } from "../core/text.ts";

/**
 * The result of one clause: of the CNI specification, or of another list of requirements such as the cases for network
 * policies. `cnibench run` stores it, `cnibench conformance` prints it, and the same views render both.
 */
export interface ClauseResult {
  readonly clause: string;
  readonly section: string;
  /** The requirement of the clause, in one sentence. Absent in older runs. */
  readonly sentence?: string;
  readonly level: "MUST" | "SHOULD" | "MAY" | "derived" | "beyond";
  readonly specVersion: string;
  readonly status: "pass" | "fail" | "known" | "skip";
  /** The observation. For a failure: expected and actual value. For a skip: the reason. */
  readonly message: string;
  /** Commands to paste into a shell. Only failures have this and the next three members. */
  readonly reproduce?: string;
  readonly expected?: string;
  readonly got?: string;
  /** Lines that show the failure. */
  readonly evidence?: readonly string[];
  /** A deviation shared by all plugins built on the Go skeleton library. */
  readonly goSkeleton?: true;
  /** A skip that does not leave the verdict open. */
  readonly notApplicable?: true;
  /** The version in which the clause was tested, if not in `specVersion`: the clause does not depend on the version. */
  readonly testedIn?: string;
}

/** The result of a clause for a plugin. */
export interface ConformanceRow extends ClauseResult {
  /** Name of the plugin, of a plugin in a chain, or of the chain. */
  readonly plugin: string;
}

/** Limits of a stored result: one check of a plugin that fails every clause takes about 1 MB at most. */
const MAX_TEXT_CHARS = 4000;
const MAX_EVIDENCE_LINES = 50;
const MAX_EVIDENCE_LINE_CHARS = 300;
const MAX_REPRODUCE_CHARS = 16_000;

/** Limits the size of texts that come from a plugin, before the result is stored. Commands are complete or absent. */
export function limitResult(result: ClauseResult): ClauseResult {
  const { message, expected, got, evidence, reproduce, ...rest } = result;
  return {
    ...rest,
    message: limitText(message),
    ...(expected !== undefined && { expected: limitText(expected) }),
    ...(got !== undefined && { got: limitText(got) }),
    ...(evidence !== undefined && { evidence: limitLines(evidence) }),
    ...(reproduce !== undefined && reproduce.length <= MAX_REPRODUCE_CHARS && { reproduce }),
  };
}

function limitText(text: string): string {
  return shortened(text, MAX_TEXT_CHARS);
}

function limitLines(lines: readonly string[]): readonly string[] {
  const kept = lines.slice(0, MAX_EVIDENCE_LINES).map((line) => shortened(line, MAX_EVIDENCE_LINE_CHARS));
  return kept.length === lines.length ? kept : [...kept, `... ${lines.length - kept.length} more lines`];
}
