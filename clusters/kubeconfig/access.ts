/** The way into a cluster that the user has: one context of the user's kubeconfig, in a private file for the time of a run. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EnvironmentError, lastLine, UsageError } from "../../core/errors.ts";
import { valueAt, stringAt, tryParse } from "../../core/json.ts";
import { localShell } from "../../core/local.ts";
import { succeeded, type Output } from "../../core/shell.ts";
import { Kubectl } from "../kubernetes/kubectl.ts";
import { makeTempDir } from "../temp-dir.ts";

/** Kind of the folder with the login. */
export const ACCESS_TEMP_DIR = "kubeconfig";

/** Seconds for kubectl to read files, and for the API server to say its version. */
const READ_TIMEOUT_S = 20;
const VERSION_TIMEOUT_S = 30;

export interface OpenAccess {
  readonly kubectl: Kubectl;
  /** URL of the API server. */
  readonly serverUrl: string;
  /** Git version of the API server: `v1.34.3`. */
  readonly version: string;
  readonly close: () => Promise<void>;
}

/**
 * Reads what $KUBECONFIG or ~/.kube/config says of the context, and asks the API server for its version.
 * @param context null: the current one
 * @throws UsageError when there is no such context; EnvironmentError when the cluster does not answer or does not let in.
 */
export async function openAccess(context: string | null, signal: AbortSignal): Promise<OpenAccess> {
  const name = context ?? (await currentContext(signal));
  const view = await kubectlConfig(
    ["view", "--raw", "--flatten", "--minify", `--context=${name}`, "--output=json"],
    signal,
  );
  if (!succeeded(view)) throw await contextError(name, view, signal);
  const dir = await makeTempDir(ACCESS_TEMP_DIR);
  const close = (): Promise<void> => rm(dir, { recursive: true, force: true });
  try {
    const kubeconfig = join(dir, "kubeconfig");
    await writeFile(kubeconfig, view.stdout, { mode: 0o600 });
    const kubectl = new Kubectl({ kubeconfig, context: name, cache: join(dir, "cache") });
    return { kubectl, serverUrl: serverUrl(view.stdout), version: await serverVersion(kubectl, name, signal), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function currentContext(signal: AbortSignal): Promise<string> {
  const output = await kubectlConfig(["current-context"], signal);
  const name = output.stdout.trim();
  if (succeeded(output) && name !== "") return name;
  throw new UsageError(
    `the kubeconfig has no current context; name one with --context NAME${await describeContexts(signal)}`,
  );
}

async function contextError(name: string, { stderr }: Output, signal: AbortSignal): Promise<Error> {
  if (/does not exist|not found|no context exists|cannot locate context/i.test(stderr))
    return new UsageError(
      `the kubeconfig has no context "${name}"; name another with --context${await describeContexts(signal)}`,
    );
  return new EnvironmentError(`the kubeconfig cannot be read: ${lastLine(stderr)}; check $KUBECONFIG`);
}

/** `; there are: a, b` */
async function describeContexts(signal: AbortSignal): Promise<string> {
  const { stdout } = await kubectlConfig(["get-contexts", "--output=name"], signal);
  const names = stdout
    .trim()
    .split("\n")
    .filter((name) => name !== "");
  return names.length === 0
    ? "; it has none: set $KUBECONFIG to a file that has"
    : `; there are: ${names.slice(0, 10).join(", ")}`;
}

function kubectlConfig(args: readonly string[], signal: AbortSignal): Promise<Output> {
  return localShell().exec(["kubectl", "config", ...args], { timeout: READ_TIMEOUT_S, signal });
}

/** @param view of one context */
function serverUrl(view: string): string {
  const clusters = valueAt(tryParse(view), "clusters");
  return (Array.isArray(clusters) ? stringAt((clusters as unknown[])[0], "cluster", "server") : null) ?? "unknown";
}

async function serverVersion(kubectl: Kubectl, context: string, signal: AbortSignal): Promise<string> {
  const output = await localShell().exec(kubectl.command("get", "--raw", "/version"), {
    timeout: VERSION_TIMEOUT_S,
    signal,
  });
  if (!succeeded(output)) throw new EnvironmentError(describeAccessFailure(context, output));
  const version = (JSON.parse(output.stdout) as { gitVersion?: unknown }).gitVersion;
  return typeof version === "string" ? version : "unknown";
}

/** Pure. @param output of a call that the API server, or the way to it, refused */
export function describeAccessFailure(context: string, { stderr, ended }: Pick<Output, "stderr" | "ended">): string {
  if (/Unauthorized|must be logged in|provide credentials|token.*expired|expired.*token/i.test(stderr)) {
    return `the cluster of context ${context} does not accept the login, which may have expired; log in again, so that this works: kubectl --context ${context} get nodes`;
  }
  if (/executable .* not found|exec plugin/i.test(stderr))
    return `the login program of context ${context} does not work: ${lastLine(stderr)}; install it or log in another way`;
  if (/x509|certificate/i.test(stderr))
    return `the certificate of the cluster of context ${context} is not accepted: ${lastLine(stderr)}; fetch its kubeconfig again`;
  if (/Forbidden/.test(stderr))
    return `the user of context ${context} may not even read the cluster's version: ${lastLine(stderr)}; ask for access`;
  const reason = ended === "timeout" ? "no answer in time" : lastLine(stderr);
  return `the cluster of context ${context} cannot be reached: ${reason}; check the network or VPN, and that this works: kubectl --context ${context} version`;
}
