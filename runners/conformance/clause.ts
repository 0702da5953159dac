/** What a clause of the CNI specification is, and how a test says that a plugin broke it. */
import type { CheckResult } from "../../core/model.ts";
import { SPEC_VERSIONS, atLeast, type SpecVersion } from "../../cni/version.ts";
import type { Invocation } from "../../cni/types.ts";
import type { ClauseContext } from "./clause-context.ts";

/** `derived`: no sentence of its own, but a plugin that breaks it makes a MUST or its own output untrue. */
export type Level = CheckResult["level"];

/**
 * What a plugin does, for which clauses exist: `interface` creates CNI_IFNAME, `ipam` is delegated to, `chained` changes
 * what a plugin before it made, `delegating` calls an IPAM plugin (usually an interface plugin too).
 */
export const PLUGIN_KINDS = ["interface", "ipam", "chained", "delegating"] as const;
export type PluginKind = (typeof PLUGIN_KINDS)[number];

export interface Clause {
  /** Stable: reports, known deviations and `--only` name it. */
  readonly id: string;
  readonly level: Level;
  /** Another level in versions before this one. */
  readonly earlier?: { readonly before: SpecVersion; readonly level: Level };
  /** First and last version that has it; absent: no bound. */
  readonly since?: SpecVersion;
  readonly until?: SpecVersion;
  /** Plugins of at least one of these kinds have it; absent: every plugin. */
  readonly kinds?: readonly PluginKind[];
  /** Where it is written: section of 1.1.0 unless it says another version. */
  readonly section: string;
  /** What is demanded, one sentence. */
  readonly sentence: string;
  /** Returns when the plugin keeps it. @throws Deviation when it does not; Skip when that cannot be told here. */
  readonly test: (trial: ClauseContext) => Promise<void>;
}

/** The plugin breaks the clause. */
export class Deviation extends Error {
  override readonly name = "Deviation";
  readonly expected: string;
  readonly got: string;
  /** Lines that show it: a difference of states, the words of the plugin. */
  readonly evidence: readonly string[];
  /** The execution that shows it, when it is not the last of the test. */
  readonly call: Invocation | null;
  constructor(expected: string, got: string, evidence: readonly string[] = [], call: Invocation | null = null) {
    super(`expected ${expected}; got ${got}`);
    this.expected = expected;
    this.got = got;
    this.evidence = evidence;
    this.call = call;
  }
}

/** The clause cannot be judged, because something failed that it builds on. */
export class Skip extends Error {
  override readonly name: string = "Skip";
}

/** The clause says nothing about this plugin or machine: no verdict waits for it. */
export class NotApplicable extends Skip {
  override readonly name = "NotApplicable";
}

/**
 * @param shownBy lines that show the deviation, or the call that shows it (default: the last call of the test)
 * @throws Deviation unless the condition holds.
 */
export function demand(
  holds: boolean,
  expected: string,
  got: string,
  shownBy: readonly string[] | Invocation = [],
): asserts holds {
  if (holds) return;
  throw "output" in shownBy ? new Deviation(expected, got, [], shownBy) : new Deviation(expected, got, shownBy);
}

/** @throws Skip unless the condition holds. */
export function skipUnless(holds: boolean, reason: string): asserts holds {
  if (!holds) throw new Skip(reason);
}

/** @throws NotApplicable unless the condition holds. */
export function notApplicableUnless(holds: boolean, reason: string): asserts holds {
  if (!holds) throw new NotApplicable(reason);
}

/** The level in a version. */
export function levelAt(clause: Clause, version: SpecVersion): Level {
  return clause.earlier && !atLeast(version, clause.earlier.before) ? clause.earlier.level : clause.level;
}

/** Whether the clause exists for plugins of these kinds in this version. */
export function applies(clause: Clause, version: SpecVersion, kinds: readonly PluginKind[]): boolean {
  const { since = SPEC_VERSIONS[0], until = SPEC_VERSIONS.at(-1) ?? since } = clause;
  return (
    atLeast(version, since) &&
    atLeast(until, version) &&
    (clause.kinds === undefined || clause.kinds.some((kind) => kinds.includes(kind)))
  );
}
