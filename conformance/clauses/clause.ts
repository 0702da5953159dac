/** A clause of the CNI specification: one testable statement, with the facts that decide where it is tested. */
import type { CheckResult } from "../../core/model.ts";
import { SPEC_VERSIONS, atLeast, type SpecVersion } from "../../cni/version.ts";
import type { PluginKind } from "../under-test/plugin-under-test.ts";
import type { ClauseContext } from "./clause-context.ts";

/**
 * `derived`: the specification has no sentence for it, but a plugin that violates the clause breaks a MUST or
 * prints a result that is not true. `beyond`: not in the specification.
 */
export type Level = CheckResult["level"];

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
