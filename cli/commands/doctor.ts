/**
 * `cnibench doctor`: prints the tools of the host and the command that fetches missing ones, or measures its noise.
 * The exit code is 3 if anything is missing.
 */
import { AUTO } from "../flags/choose-cluster.ts";
import { formatProblem, printable, UsageError } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { describeTools } from "../../tools/index.ts";
import { lookUpNoiseCard } from "../../engine/index.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { calibrateCommand } from "./calibrate.ts";
import { requestedTools, type ToolFlags } from "./setup.ts";
import { columns } from "../../reports/index.ts";

export interface DoctorFlags extends ToolFlags {
  readonly calibrate?: boolean;
  /** A/A runs of `--calibrate`. */
  readonly runs?: number;
}

export function doctorCommand(host: Host, flags: DoctorFlags): Promise<ExitCode> {
  const { calibrate = false, runs, cluster, plugins } = flags;
  if (calibrate) return calibrateCommand(host, { cluster, ...(plugins !== undefined && { plugins }), runs: runs ?? 1 });
  if (runs !== undefined) throw new UsageError("--runs: requires --calibrate");
  return checkTools(host, flags);
}

async function checkTools(host: Host, flags: ToolFlags): Promise<ExitCode> {
  const { kind, tools: names } = requestedTools(host, flags);
  const [tools, problems] = await Promise.all([describeTools(host, names), kind.check(host)]);
  const rows = tools.map(({ name, purpose, version, path, source }) => [
    path === null ? "missing" : "ok",
    name,
    version ?? (path === null ? "" : "version unknown"),
    source ?? "",
    purpose,
  ]);
  const lab = problems.length === 0 ? [["ok", `cluster ${kind.name}`, "", "", kind.summary]] : [];
  process.stdout.write(columns([...rows, ...lab]));
  if (problems.length === 0 && kind.describePerformance !== undefined)
    process.stdout.write(`${await kind.describePerformance(host)}\n`);
  const { card, problem: noiseProblem } = lookUpNoiseCard(host);
  process.stdout.write(`noise card: ${card === null ? printable(noiseProblem ?? "") : card.measuredAt}\n`);
  for (const problem of problems) process.stdout.write(`missing: ${formatProblem(problem)}\n`);
  const missing = tools.some(({ path }) => path === null);
  const command = flags.cluster === AUTO ? "cnibench setup" : `cnibench setup --cluster ${kind.name}`;
  if (missing) process.stdout.write(`\ndownload missing tools, without root: ${command}\n`);
  return missing || problems.length > 0 ? EXIT.notMeasured : EXIT.success;
}
