/** Charts, which the helm program installs. */
import { EnvironmentError, describeEnd, lastLine } from "../../core/errors.ts";
import type { HelmChart } from "../../core/installation.ts";
import { localShell } from "../../core/local.ts";
import { succeeded } from "../../core/shell.ts";
import type { ClusterAccess, Kubectl } from "./kubectl.ts";
import { toolProblems } from "./tools.ts";

/** Seconds for helm to hand over the objects of a chart that it may have to fetch. */
const HELM_TIMEOUT_S = 180;

/** The command line; the values come on its standard input. Pure. */
export function installCommand(
  { kubeconfig, context }: Pick<ClusterAccess, "kubeconfig" | "context">,
  chart: HelmChart,
): readonly string[] {
  return [
    "helm",
    "upgrade",
    "--install",
    ...chartArguments(chart),
    "--kubeconfig",
    kubeconfig,
    "--kube-context",
    context,
    "--create-namespace",
  ];
}

/** Which chart, with what values. */
function chartArguments({ release, namespace, chart, repository, version, valuesFile }: HelmChart): readonly string[] {
  return [
    ...[release, chart, "--namespace", namespace],
    ...(repository === undefined ? [] : ["--repo", repository]),
    ...(version === undefined ? [] : ["--version", version]),
    ...["--values", "-"],
    ...(valuesFile === undefined ? [] : ["--values", valuesFile]),
  ];
}

/** @throws EnvironmentError when helm is missing, or with its own words. */
export async function installChart({ access }: Kubectl, chart: HelmChart, signal: AbortSignal): Promise<void> {
  await runHelm("install", installCommand(access, chart), chart, signal);
}

/** The objects of a chart, and those that helm itself keeps, as YAML; no cluster is asked. @throws EnvironmentError as above */
export async function renderChart(chart: HelmChart, signal: AbortSignal): Promise<string> {
  const objects = await runHelm(
    "render",
    ["helm", "template", ...chartArguments(chart), "--include-crds"],
    chart,
    signal,
  );
  return `${JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata: { namespace: chart.namespace } })}\n---\n${objects}`;
}

async function runHelm(
  what: string,
  argv: readonly string[],
  { chart, values }: HelmChart,
  signal: AbortSignal,
): Promise<string> {
  const [problem] = await toolProblems("helm", `the chart ${chart} needs it`);
  if (problem !== undefined) throw new EnvironmentError(`${problem.message}; install it: ${problem.fix}`);
  const output = await localShell().exec(argv, { stdin: JSON.stringify(values), timeout: HELM_TIMEOUT_S, signal });
  if (succeeded(output)) return output.stdout;
  throw new EnvironmentError(
    `helm could not ${what} ${chart}: it ${describeEnd(output)}: ${lastLine(output.stderr) || lastLine(output.stdout)}; another chart is taken from a folder (helm pull --untar) with --plugins NAME@DIR`,
  );
}

/** Returns when its pods are gone too: an agent that still runs writes its configuration anew. What is not there is no error. @throws EnvironmentError with helm's own words. */
export async function uninstallChart(
  { access: { kubeconfig, context } }: Kubectl,
  { release, namespace }: HelmChart,
): Promise<void> {
  const argv = [
    "helm",
    "uninstall",
    release,
    "--namespace",
    namespace,
    "--kubeconfig",
    kubeconfig,
    "--kube-context",
    context,
    "--wait",
    "--cascade",
    "foreground",
  ];
  const output = await localShell().exec(argv, { timeout: HELM_TIMEOUT_S });
  if (succeeded(output) || /release: not found/.test(output.stderr)) return;
  throw new EnvironmentError(
    `helm could not remove ${release}: it ${describeEnd(output)}: ${lastLine(output.stderr)}; remove it with: helm uninstall ${release} --namespace ${namespace}`,
  );
}
