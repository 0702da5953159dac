/** A clause of the CNI specification: one testable statement, with the facts that decide where it is tested. */
import type { ClauseResult } from "../../results/index.ts";
import { atLeast, SPEC_VERSIONS, type SpecVersion } from "../../cni/index.ts";
import type { PluginKind } from "../under-test/plugin-under-test.ts";
import type { ClauseContext } from "./clause-context.ts";

/**
 * `derived`: the specification has no sentence for it, but a plugin that violates the clause breaks a MUST or
 * prints a result that is not true. `beyond`: not in the specification.
 */
export type Level = ClauseResult["level"];

/**
 * Failures that all plugins built on the Go skeleton library share. They are defects of the library, so a second
 * verdict omits them. `got`: what the test got; `before`: only in versions before this one (default: in all).
 */
export type GoSkeletonFailures = "always" | { readonly got: RegExp; readonly before?: SpecVersion };

type SharedFacts = Pick<
  Clause,
  "since" | "dependsOnVersion" | "core" | "chain" | "needsAdd" | "containers" | "needsChanges" | "judgesAll"
>;

export interface Clause {
  /** Stable: reports, known deviations and `--only` refer to it. */
  readonly id: string;
  readonly level: Level;
  /** The level in versions before `before`, if it differs. */
  readonly earlier?: { readonly before: SpecVersion; readonly level: Level };
  /** First and last version that has the clause. Default: no bound. */
  readonly since?: SpecVersion;
  readonly until?: SpecVersion;
  /**
   * false: the test does the same in every version, so it is run once, in the newest of the tested versions, and the
   * others have its result. Default: true, it is run in each.
   */
  readonly dependsOnVersion?: boolean;
  /** The clause applies to plugins of at least one of these kinds. Default: every plugin. */
  readonly kinds?: readonly PluginKind[];
  /** `cnibench run` tests the clause too, on every deployment. Default: false. */
  readonly core?: boolean;
  /**
   * `whole`: a chain is tested as a whole too, because the clause is about the operations of a container runtime.
   * Default `each`: only each member is, because the clause is about the input or the output of one plugin.
   */
  readonly chain?: "each" | "whole";
  /**
   * false: testable without a successful ADD, where a kernel module, a server or an agent of the plugin is missing.
   * Default: true.
   */
  readonly needsAdd?: boolean;
  /** Reports an ADD that never works; the other clauses that need ADD are skipped then. Default: false. */
  readonly judgesFailingAdd?: boolean;
  /** `several`: needs two containers at the same time, or two interfaces of one. Default: `one`. */
  readonly containers?: "one" | "several";
  /**
   * About objects of an attachment on the node in addition to its link: tested with masquerading too, which creates
   * some. Default: false.
   */
  readonly node?: boolean;
  /**
   * A chained plugin that has nothing to change satisfies the clause trivially: tested with the capabilities that the
   * plugin claims too. Default: false.
   */
  readonly needsChanges?: boolean;
  /**
   * Judges the executions of all tests of a version, so it is tested after the other clauses. Default: false, only its
   * own executions.
   */
  readonly judgesAll?: boolean;
  /** The failures that are caused by the Go skeleton library. Default: none. */
  readonly goSkeleton?: GoSkeletonFailures;
  /** Section of specification 1.1.0 unless another version or document is named; `-` for none. */
  readonly section: string;
  /** The requirement in one sentence. */
  readonly sentence: string;
  /** @throws Deviation when the plugin violates the clause; Skip when that cannot be determined here */
  readonly test: (context: ClauseContext) => Promise<void>;
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

/** Reports whether the Go skeleton library causes a failure of the clause. @param got what the test got */
export function isGoSkeletonFailure({ goSkeleton }: Clause, version: SpecVersion, got: string): boolean {
  if (goSkeleton === undefined || goSkeleton === "always") return goSkeleton === "always";
  return goSkeleton.got.test(got) && !(goSkeleton.before && atLeast(version, goSkeleton.before));
}

/** Adds facts that most clauses of a table share; a clause can have its own value of each. */
export function withSharedFacts(facts: SharedFacts, clauses: readonly Clause[]): readonly Clause[] {
  return clauses.map((clause) => ({ ...facts, ...clause }));
}
