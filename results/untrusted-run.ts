/** Validates the data of a run that a report embeds: a report may come from anywhere. */
import { printable, UsageError } from "../core/errors.ts";
import { listAt, stringAt, valueAt } from "../core/untrusted-json.ts";
import { SEALED_FILES, type RunDigests } from "./digests.ts";
import type { LoadedRun } from "./load-run.ts";
import type { ResultRecord, RunFile } from "./record.ts";
import { validator } from "./run-schema.ts";
import type { Summary } from "./summary.ts";

/** @throws UsageError for a value that is not a {@link LoadedRun}; `where` starts its message */
export function requireLoadedRun(value: unknown, where: string): LoadedRun {
  const run = valueAt(value, "run");
  requireValid(validator("run")(run), `${where}: run`);
  const check = validator("result");
  const records = listAt(value, "records");
  records.forEach((record, index) => requireValid(check(record), `${where}: record ${index + 1}`));
  const planned = new Set([...(run as RunFile).plan.cells, ...(run as RunFile).plan.checks].map(({ id }) => id));
  const unplanned = (records as readonly ResultRecord[]).findIndex(({ cell }) => !planned.has(cell));
  if (unplanned !== -1) throw new UsageError(`${where}: record ${unplanned + 1}: cell not planned`);
  return {
    run: run as RunFile,
    records: records as readonly ResultRecord[],
    loadWarnings: textRecords(valueAt(value, "loadWarnings"), [
      "code",
      "message",
    ]) as unknown as LoadedRun["loadWarnings"],
    commands: textRecords(valueAt(value, "commands"), [
      "scenario",
      "role",
      "command",
    ]) as unknown as LoadedRun["commands"],
    digests: requireDigests(valueAt(value, "digests")),
  };
}

/** @throws UsageError for a value that is not a {@link Summary} */
export function requireSummary(value: unknown, where: string): Summary {
  requireValid(validator("summary")(value), `${where}: summary`);
  return value as Summary;
}

function requireValid(problem: string | null, where: string): void {
  if (problem !== null) throw new UsageError(`${where} was not written by cnibench: ${printable(problem)}`);
}

function requireDigests(value: unknown): RunDigests {
  return Object.fromEntries(SEALED_FILES.map((name) => [name, stringAt(value, name)])) as unknown as RunDigests;
}

/** Returns the objects of a list, each reduced to keys with texts. */
function textRecords(value: unknown, keys: readonly string[]): Record<string, string>[] {
  return listAt(value).map((item) => Object.fromEntries(keys.map((key) => [key, stringAt(item, key) ?? ""])));
}
