/** Clauses of the CNI specification, and the errors by which a test reports its verdict. */
import type { CheckResult } from "../../core/model.ts";
import { SPEC_VERSIONS, atLeast, type SpecVersion } from "../../cni/version.ts";
import type { Invocation } from "../../cni/types.ts";
import type { ClauseContext } from "./clause-context.ts";

/**
 * `derived`: the specification has no sentence for it, but a plugin that violates the clause breaks a MUST or
 * prints a result that is not true. `beyond`: not in the specification.
 */
export type Level = CheckResult["level"];

/**
 * Kinds of plugins that clauses distinguish: `interface` plugins create CNI_IFNAME, `ipam` plugins are delegated
 * to, `chained` plugins change the work of an earlier plugin, `delegating` plugins call an IPAM plugin (most are
 * interface plugins too).
 */
export const PLUGIN_KINDS = ["interface", "ipam", "chained", "delegating"] as const;
export type PluginKind = (typeof PLUGIN_KINDS)[number];

export interface Clause {
  /** Stable: reports, known deviations and `--only` refer to it. */
  readonly id: string;
  readonly level: Level;
  /** The level in versions before `before`, if it differs. */
  readonly earlier?: { readonly before: SpecVersion; readonly level: Level };
  /** First and last version that has the clause. Default: no bound. */
  readonly since?: SpecVersion;
  readonly until?: SpecVersion;
  /** The clause applies to plugins of at least one of these kinds. Default: every plugin. */
  readonly kinds?: readonly PluginKind[];
  /** Section of specification 1.1.0 unless another version or document is named; `-` for none. */
  readonly section: string;
  /** The requirement in one sentence. */
  readonly sentence: string;
  /** @throws Deviation when the plugin violates the clause; Skip when that cannot be determined here */
  readonly test: (context: ClauseContext) => Promise<void>;
}

/** The plugin violates the clause. */
export class Deviation extends Error {
  override readonly name = "Deviation";
  readonly expected: string;
  readonly got: string;
  /** Lines that show the deviation: a difference of snapshots, output of the plugin. */
  readonly evidence: readonly string[];
  /** The call that shows the deviation; null: the last call of the test. */
  readonly call: Invocation | null;
  constructor(expected: string, got: string, evidence: readonly string[] = [], call: Invocation | null = null) {
    super(`expected ${expected}; got ${got}`);
    this.expected = expected;
    this.got = got;
    this.evidence = evidence;
    this.call = call;
  }
}

/** The clause cannot be judged, because a prerequisite failed. */
export class Skip extends Error {
  override readonly name: string = "Skip";
}

/** The clause does not concern this plugin or machine; the skip does not leave the verdict open. */
export class NotApplicable extends Skip {
  override readonly name = "NotApplicable";
}

/**
 * @param shownBy lines that show the deviation, or the call that shows it (default: the last call of the test)
 * @throws Deviation unless the condition holds
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

/** @throws Skip unless the condition holds */
export function skipUnless(holds: boolean, reason: string): asserts holds {
  if (!holds) throw new Skip(reason);
}

/** @throws NotApplicable unless the condition holds */
export function notApplicableUnless(holds: boolean, reason: string): asserts holds {
  if (!holds) throw new NotApplicable(reason);
}

/** The level of the clause in a version. */
export function levelAt(clause: Clause, version: SpecVersion): Level {
  return clause.earlier && !atLeast(version, clause.earlier.before) ? clause.earlier.level : clause.level;
}

/** Reports whether the version has the clause, for plugins of these kinds. */
export function applies(clause: Clause, version: SpecVersion, kinds: readonly PluginKind[]): boolean {
  const { since = SPEC_VERSIONS[0], until = SPEC_VERSIONS.at(-1) ?? since } = clause;
  return (
    atLeast(version, since) &&
    atLeast(until, version) &&
    (clause.kinds === undefined || clause.kinds.some((kind) => kinds.includes(kind)))
  );
}
