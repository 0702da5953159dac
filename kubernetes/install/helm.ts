/** Installs, renders and uninstalls charts with helm. */
import { EnvironmentError, lastLine, requireNoProblems } from "../../core/errors.ts";
import { describeEnd } from "../../core/shell.ts";
import { succeeded, type Shell } from "../../core/shell.ts";
import type { ClusterAccess, Kubectl } from "../client.ts";
import { toolProblems } from "../tool-versions.ts";

/** Seconds for one helm command, including the download of the chart. */
const HELM_TIMEOUT_S = 180;

/** A chart that helm installs. */
export interface HelmChart {
  readonly release: string;
  readonly namespace: string;
  /** Name of the chart in its repository, or a directory or archive. */
  readonly chart: string;
  readonly repository?: string;
  readonly version?: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** A file whose values override these. */
  readonly valuesFile?: string;
}

/** Returns the command that installs a chart, which reads the values from standard input. Pure. */
export function helmInstallCommand(
  { kubeconfig, context }: Pick<ClusterAccess, "kubeconfig" | "context">,
  chart: HelmChart,
): readonly string[] {
  const access = ["--kubeconfig", kubeconfig, "--kube-context", context];
  return ["helm", "upgrade", "--install", ...chartArguments(chart), ...access, "--create-namespace"];
}

/** Returns the arguments that select the chart and its values. */
function chartArguments({ release, namespace, chart, repository, version, valuesFile }: HelmChart): readonly string[] {
  return [
    ...[release, chart, "--namespace", namespace],
    ...(repository === undefined ? [] : ["--repo", repository]),
    ...(version === undefined ? [] : ["--version", version]),
    ...["--values", "-"],
    ...(valuesFile === undefined ? [] : ["--values", valuesFile]),
  ];
}

/** Installs a chart. @throws EnvironmentError if helm is missing or fails */
export async function installChart({ shell, access }: Kubectl, chart: HelmChart, signal: AbortSignal): Promise<void> {
  await runHelm(shell, ["install", helmInstallCommand(access, chart)], chart, signal);
}

/**
 * Renders the objects of a chart, and the secret of the release, as YAML. Needs no cluster.
 * @throws EnvironmentError as above
 */
export async function renderChart(shell: Shell, chart: HelmChart, signal: AbortSignal): Promise<string> {
  const argv = ["helm", "template", ...chartArguments(chart), "--include-crds"];
  const objects = await runHelm(shell, ["render", argv], chart, signal);
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { namespace: chart.namespace } };
  return `${JSON.stringify(secret)}\n---\n${objects}`;
}

async function runHelm(
  shell: Shell,
  [verb, argv]: readonly [string, readonly string[]],
  { chart, values }: HelmChart,
  signal: AbortSignal,
): Promise<string> {
  requireNoProblems(await toolProblems(shell, "helm", `chart ${chart}`));
  const output = await shell.exec(argv, { stdin: JSON.stringify(values), timeout: HELM_TIMEOUT_S, signal });
  if (succeeded(output)) return output.stdout;
  const reason = lastLine(output.stderr) || lastLine(output.stdout);
  throw new EnvironmentError(
    `cannot ${verb} chart ${chart}: helm ${describeEnd(output)}: ${reason}; ` +
      "to use a local chart (helm pull --untar), pass --plugins NAME@DIR",
  );
}

/**
 * Uninstalls a release and waits until its pods have terminated, because a running agent would rewrite its
 * configuration. Ignores a missing release.
 * @throws EnvironmentError if helm fails
 */
export async function uninstallChart(
  { shell, access: { kubeconfig, context } }: Kubectl,
  { release, namespace }: HelmChart,
): Promise<void> {
  const argv = [
    ...["helm", "uninstall", release, "--namespace", namespace],
    ...["--kubeconfig", kubeconfig, "--kube-context", context],
    ...["--wait", "--cascade", "foreground"],
  ];
  const output = await shell.exec(argv, { timeout: HELM_TIMEOUT_S });
  if (succeeded(output) || /release: not found/.test(output.stderr)) return;
  throw new EnvironmentError(
    `cannot uninstall release ${release}: helm ${describeEnd(output)}: ${lastLine(output.stderr)}; ` +
      `try again with: helm uninstall ${release} --namespace ${namespace}`,
  );
}
