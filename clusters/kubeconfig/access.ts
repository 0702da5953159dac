/** Opens access to an existing cluster: one context of the user's kubeconfig, copied to a private file for the run. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EnvironmentError, lastLine, UsageError } from "../../core/errors.ts";
import { listAt, stringAt, tryParse } from "../../core/untrusted-json.ts";
import type { Host } from "../../core/host.ts";
import { succeeded, type Output } from "../../core/shell.ts";
import { Kubectl, loginFailure } from "../../kubernetes/index.ts";
import { withAbsolutePaths } from "./local-paths.ts";
import { makeTempDir } from "../../core/temp-dir.ts";

/** Seconds for kubectl to read its configuration, and for the API server to return its version. */
const READ_TIMEOUT_S = 20;
const VERSION_TIMEOUT_S = 30;

/** Access to a cluster, until it is closed. */
export interface OpenAccess {
  readonly kubectl: Kubectl;
  /** See {@link ClusterInspection}. */
  readonly serverUrl: string | null;
  /** See {@link KubernetesCluster}. */
  readonly version: string | null;
  /** Deletes the private kubeconfig. */
  readonly close: () => Promise<void>;
}

/**
 * Copies a context of $KUBECONFIG or ~/.kube/config and queries the version of the API server.
 * @param context null: the current context
 * @param pullSecrets see {@link ExistingOptions}
 * @throws UsageError if the context does not exist; EnvironmentError if the cluster is unreachable or denies access
 */
export async function openAccess(
  host: Host,
  context: string | null,
  pullSecrets: readonly string[] = [],
): Promise<OpenAccess> {
  const name = context ?? (await currentContext(host));
  const view = await kubectlConfig(
    host,
    "view",
    "--raw",
    "--flatten",
    "--minify",
    `--context=${name}`,
    "--output=json",
  );
  if (!succeeded(view)) throw await contextError(host, name, view);
  const config = await withAbsolutePaths(host, view.stdout, async (file) => {
    const { stdout } = await kubectlConfig(host, "view", "--raw", `--kubeconfig=${file}`, "--output=json");
    return stdout;
  });
  const dir = makeTempDir(host, "kubeconfig");
  const close = (): Promise<void> => rm(dir, { recursive: true, force: true });
  try {
    const kubeconfig = join(dir, "kubeconfig");
    await writeFile(kubeconfig, config, { mode: 0o600 });
    const kubectl = new Kubectl(host, { kubeconfig, context: name, cache: join(dir, "cache"), pullSecrets });
    return { kubectl, serverUrl: serverUrl(view.stdout), version: await serverVersion(host, kubectl), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function currentContext(host: Host): Promise<string> {
  const output = await kubectlConfig(host, "current-context");
  const name = output.stdout.trim();
  if (succeeded(output) && name !== "") return name;
  throw new UsageError(`the kubeconfig has no current context; pass --context NAME ${await describeContexts(host)}`);
}

/** Returns the error for a context that kubectl cannot read. */
async function contextError(host: Host, name: string, { stderr }: Output): Promise<Error> {
  if (/does not exist|not found|no context exists|cannot locate context/i.test(stderr))
    return new UsageError(
      `the kubeconfig has no context "${name}"; pass another --context ${await describeContexts(host)}`,
    );
  return new EnvironmentError(`cannot read the kubeconfig: ${lastLine(stderr)}; check $KUBECONFIG`);
}

/** Returns the contexts that the user can choose: `(available: a, b)`. */
async function describeContexts(host: Host): Promise<string> {
  const { stdout } = await kubectlConfig(host, "get-contexts", "--output=name");
  const names = stdout
    .trim()
    .split("\n")
    .filter((name) => name !== "");
  return names.length === 0
    ? "(none available: set $KUBECONFIG to a file with contexts)"
    : `(available: ${names.slice(0, 10).join(", ")})`;
}

function kubectlConfig({ shell, signal }: Host, ...args: readonly string[]): Promise<Output> {
  return shell.exec(["kubectl", "config", ...args], { timeout: READ_TIMEOUT_S, signal });
}

/** @param view the kubeconfig with one context, as JSON */
function serverUrl(view: string): string | null {
  const [cluster] = listAt(tryParse(view), "clusters");
  return stringAt(cluster, "cluster", "server");
}

async function serverVersion({ shell, signal }: Host, kubectl: Kubectl): Promise<string | null> {
  const command = kubectl.command("get", "--raw", "/version");
  const output = await shell.exec(command, { timeout: VERSION_TIMEOUT_S, signal });
  if (!succeeded(output)) throw new EnvironmentError(describeAccessFailure(kubectl.access.context, output));
  return stringAt(JSON.parse(output.stdout), "gitVersion");
}

/** Explains why the API server refused a call or could not be reached. Pure. @param output of the call */
export function describeAccessFailure(context: string, { stderr, ended }: Pick<Output, "stderr" | "ended">): string {
  const kubectl = `kubectl --context ${context}`;
  const reason = lastLine(stderr);
  const failedLogin = loginFailure(stderr);
  if (failedLogin !== null)
    return (
      `the login program of context ${context} failed: ${failedLogin}; ` +
      `log in again and check: ${kubectl} get nodes`
    );
  if (/Unauthorized|must be logged in|provide credentials|token.*expired|expired.*token/i.test(stderr))
    return (
      `the cluster of context ${context} rejected the login, which may have expired; ` +
      `log in again and check: ${kubectl} get nodes`
    );
  if (/exec plugin/i.test(stderr))
    return `the login program of context ${context} failed: ${reason}; update it or log in another way`;
  if (/^error: open /m.test(stderr))
    return `the kubeconfig of context ${context} names a file that cannot be read: ${reason}; correct it`;
  if (/x509|certificate/i.test(stderr))
    return `cannot verify the cluster certificate of context ${context}: ${reason}; download its kubeconfig again`;
  if (/Forbidden/.test(stderr))
    return `the user of context ${context} is not allowed to read the cluster version: ${reason}; ask for access`;
  return (
    `cannot reach the cluster of context ${context}: ${ended === "timeout" ? "no answer in time" : reason}; ` +
    `check the network or VPN, and: ${kubectl} version`
  );
}
