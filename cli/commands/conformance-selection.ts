/** What `--rerun-failed` and `--watch` select: the clauses that failed before, and the files to watch. */
import { resolve } from "node:path";
import { UsageError, printable } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { matchesGlob } from "../../core/text.ts";
import { FailureStore } from "./conformance-failures.ts";
import type { ConformanceSettings } from "./conformance-installed.ts";
import type { Target, TargetFlags } from "./conformance-target.ts";

export interface SelectionFlags extends TargetFlags {
  readonly only?: string;
  readonly rerunFailed?: boolean;
  readonly watch?: boolean;
}

/** A target with the clauses to test, or to test first. */
export interface SelectedTarget {
  readonly target: Target;
  readonly failures: FailureStore;
  readonly selection: Pick<ConformanceSettings, "only" | "first">;
}

/**
 * Returns the target, or an empty list if `--rerun-failed` has nothing to test, which is printed.
 * @throws UsageError when `--rerun-failed` finds no earlier run
 */
export function withSelection(host: Host, target: Target, flags: SelectionFlags): readonly SelectedTarget[] {
  const failures = new FailureStore(host, target, flags);
  const failed = failures.read();
  const clauses = [...new Set(failed?.map(({ clause }) => clause))];
  if (flags.rerunFailed !== true)
    return [{ target, failures, selection: flags.watch === true ? { first: clauses } : {} }];
  const name = printable(target.name);
  if (failed === null)
    throw new UsageError(`--rerun-failed: no earlier run of ${name} with these files; run without it first`);
  const globs = flags.only?.split(",") ?? ["*"];
  const only = clauses.filter((clause) => globs.some((glob) => matchesGlob(clause, glob)));
  if (only.length > 0) return [{ target, failures, selection: { only: only.join(",") } }];
  process.stderr.write(`${name}: no clause failed in the last run\n`);
  return [];
}

/** The binaries of the targets, and the files of their configuration and profile. */
export function watchedFiles(targets: readonly Target[], { conf, profile }: TargetFlags): readonly string[] {
  const given = [conf, profile].flatMap((file) => (file === undefined ? [] : [resolve(file)]));
  return [...new Set([...targets.flatMap(({ binaries }) => binaries.map(({ file }) => file)), ...given])];
}
