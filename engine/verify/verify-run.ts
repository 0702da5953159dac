/** Verifies a run directory: its digests, its values, and the reports in it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../../core/errors.ts";
import { type ReportName, reports } from "../../reports/index.ts";
import {
  type LoadedRun,
  loadRun,
  parseDigestLine,
  RAW_DIGESTS_FILE,
  readLines,
  RUN_DIGESTS_FILE,
  type RunDigests,
  SEALED_FILES,
  type SealedFile,
} from "../../results/index.ts";
import { readRawDigests, verifyOtherDigests } from "./raw-files.ts";
import type { Verified } from "./verified.ts";
import { PAGE_FORMAT, verifyPage } from "./verify-page.ts";
import { verifySlots } from "./slots.ts";
import { verifyStopping } from "./stopping.ts";
import { verifyReport } from "./verify-report.ts";
import { verifyValues, type VerifiedValues } from "./values.ts";

const MAX_SUMS_BYTES = 1024 * 1024;

/**
 * Recomputes every value of a run from its raw output, and every report in its directory from the values.
 * @throws UsageError that names the first difference, with file and line
 */
export async function verifyRun(dir: string): Promise<Verified> {
  const loaded = await loadRun(dir);
  const rawDigests = readRawDigests(dir);
  verifySlots(dir, loaded);
  const values = verifyValues(dir, loaded, rawDigests);
  const decisions = verifyStopping(dir, loaded);
  if (rawDigests !== null) verifyOtherDigests(dir, rawDigests, values.directories);
  const sealed = verifySealed(dir, loaded.digests as RunDigests);
  const coverage = { hasLogs: existsSync(join(dir, "logs")), hasRawDigests: rawDigests !== null, sealed };
  const inDirectory = await verifyReports(dir, loaded);
  return {
    checked: [
      `${values.recomputed} values are those of the raw output`,
      ...(decisions === 0 ? [] : [`${decisions} stopping decisions follow from the values`]),
      ...(rawDigests === null ? [] : [`${rawDigests.size} raw files have their SHA-256 of ${RAW_DIGESTS_FILE}`]),
      ...(sealed.length === 0 ? [] : [`${sealed.join(", ")}: as in ${RUN_DIGESTS_FILE}`]),
      ...inDirectory.checked,
    ],
    unchecked: [...limitsOf(loaded, values, coverage), ...inDirectory.unchecked],
  };
}

/** Compares files with SHA256SUMS. @returns the files with a digest; an empty list without SHA256SUMS */
function verifySealed(dir: string, digests: RunDigests): SealedFile[] {
  const file = join(dir, RUN_DIGESTS_FILE);
  const sealed: SealedFile[] = [];
  const { digest, tail } = readLines(file, { file: MAX_SUMS_BYTES, line: MAX_SUMS_BYTES }, (text) => {
    const where = `${RUN_DIGESTS_FILE}:${sealed.length + 1}`;
    const parsed = parseDigestLine(text);
    const name = SEALED_FILES.find((each) => each === parsed?.path);
    if (parsed === null || name === undefined) throw new UsageError(`${join(dir, where)}: not a digest of a run file`);
    if (parsed.digest !== digests[name])
      throw new UsageError(`${join(dir, name)}: SHA-256 differs from ${where}; one of the two was changed`);
    sealed.push(name);
  });
  if (digest === null) return [];
  const missing = SEALED_FILES.find((name) => digests[name] !== null && !sealed.includes(name));
  if (missing !== undefined || tail !== "")
    throw new UsageError(`${file}: incomplete${missing === undefined ? "" : `, no digest of ${missing}`}`);
  return sealed;
}

interface Coverage {
  readonly hasLogs: boolean;
  readonly hasRawDigests: boolean;
  readonly sealed: readonly SealedFile[];
}

function limitsOf({ run, records, loadWarnings }: LoadedRun, values: VerifiedValues, coverage: Coverage): string[] {
  const { hasRawDigests, sealed } = coverage;
  const failed = [...records].filter(({ value }) => value === undefined).length;
  const recordedTexts = [
    ...(values.checks === 0 ? [] : [`${values.checks} verdicts of checks`]),
    ...(failed === 0 ? [] : [`${failed} failures and skips`]),
    "times, warnings and facts of the environment",
  ].join(", ");
  return [
    ...(run.outcome === null ? ["the run did not end: a crash, or it is still running"] : []),
    ...loadWarnings.map(({ message }) => message),
    ...values.unknownRunners.map(
      (name) => `values of the runner ${name}, which this version of cnibench does not have`,
    ),
    sealed.length > 0
      ? `${recordedTexts}: only compared with ${RUN_DIGESTS_FILE}, not recomputed`
      : `${recordedTexts}: not checked, because ${RUN_DIGESTS_FILE} is missing (older run, or a crash)`,
    ...(hasRawDigests
      ? []
      : [
          "raw files that no value depends on, and files moved from one repetition to another: " +
            `${RAW_DIGESTS_FILE} is missing (older run)`,
        ]),
    ...(coverage.hasLogs ? ["logs/"] : []),
  ];
}

/** Verifies the reports that `run` writes next to the data. */
async function verifyReports(dir: string, loaded: LoadedRun): Promise<Verified> {
  const found: { checked: string[]; unchecked: string[] } = { checked: [], unchecked: [] };
  for (const name of Object.keys(reports) as ReportName[]) {
    const file = join(dir, `report.${reports[name].extension}`);
    if (!existsSync(file)) continue;
    const { checked, unchecked } =
      name === PAGE_FORMAT ? await verifyPage(file, [{ dir, loaded }]) : await verifyReport(file, name, loaded);
    found.checked.push(...checked);
    found.unchecked.push(...unchecked);
  }
  return found;
}
