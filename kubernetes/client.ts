/**
 * A small client of the Kubernetes API on top of kubectl, which supports every way to log in to a cluster
 * (docs/decisions/0007-kubectl.md). Every call passes its kubeconfig and context, and has limits for time and output.
 */
import { startAgent, type StartedAgent } from "../core/agent/start-agent.ts";
import type { Clock } from "../core/clock.ts";
import { EnvironmentError, lastLine } from "../core/errors.ts";
import { listAt, tryParse } from "../core/untrusted-json.ts";
import type { Host } from "../core/host.ts";
import { succeeded, type Output, type Shell, describeEnd } from "../core/shell.ts";
import { retry } from "../core/wait.ts";
import { loginFailure } from "./login-failure.ts";

/** Default timeout of one call. */
const CALL_TIMEOUT_S = 60;
/**
 * Objects created in one call, and the time that each adds to its timeout: older versions create about five per
 * second.
 */
const CREATE_BATCH_SIZE = 500;
const CREATE_S_PER_OBJECT = 0.5;
/** Enough for a list of several ten thousand objects. */
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;
/**
 * Maximum attempts of a read or deletion while the API server does not answer (it restarts, or a connection drops),
 * and the pause between them.
 */
const MAX_ATTEMPTS = 30;
const RETRY_PAUSE_S = 1;
/** Errors of kubectl that mean that the connection failed. */
const UNREACHABLE_ERROR = new RegExp(
  [
    ...["connection refused", "connection reset", "TLS handshake timeout", "i/o timeout", "unexpected EOF", ": EOF$"],
    ...["no route to host", "http2: client connection lost", "etcdserver: (leader changed|request timed out)"],
    ...['an error on the server \\(""\\)', "ServiceUnavailable"],
  ].join("|"),
  "m",
);

/** What kubectl needs to reach a cluster. */
export interface ClusterAccess {
  readonly kubeconfig: string;
  readonly context: string;
  /** Directory for kubectl's discovery cache. */
  readonly cache: string;
  /** Names of secrets in the namespace of the context for pulling images. Default: none. */
  readonly pullSecrets?: readonly string[];
}

/** Options of one kubectl call. */
interface CallOptions {
  readonly stdin?: string;
  /** Seconds. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

/** Calls kubectl for one cluster. */
export class Kubectl {
  /** Runs kubectl and other tools for the cluster. Calls ignore its signal: each has its own, and deletions none. */
  readonly host: Host;
  readonly access: ClusterAccess;

  constructor(host: Host, access: ClusterAccess) {
    this.host = host;
    this.access = access;
  }

  get shell(): Shell {
    return this.host.shell;
  }

  get clock(): Clock {
    return this.host.clock;
  }

  /** Returns the complete command line of a call. */
  command(...args: readonly string[]): readonly string[] {
    const { kubeconfig, context, cache } = this.access;
    return ["kubectl", `--kubeconfig=${kubeconfig}`, `--context=${context}`, `--cache-dir=${cache}`, ...args];
  }

  /** Runs one call. @returns its standard output. @throws EnvironmentError with kubectl's error message */
  async run(args: readonly string[], options: CallOptions = {}): Promise<string> {
    const output = await this.#call(args, options);
    if (succeeded(output)) return output.stdout;
    throw callError(args, output);
  }

  /** Reads objects, e.g. `pods -n x`. Retries while the API server is unreachable. @returns the parsed output */
  async get(args: readonly string[], options: CallOptions = {}): Promise<unknown> {
    return tryParse(await this.#retry(["get", ...args], ["-o", "json"], options));
  }

  /** Returns the items of a list. */
  async list(args: readonly string[], options: CallOptions = {}): Promise<readonly unknown[]> {
    return listAt(await this.get(args, options), "items");
  }

  /** Creates or updates objects with server-side apply. @param manifests YAML or JSON documents */
  async apply(manifests: string, options: CallOptions = {}): Promise<void> {
    await this.run(["apply", "--server-side", "--force-conflicts", "-f", "-"], { ...options, stdin: manifests });
  }

  /** Creates new objects, many per call. */
  async create(objects: readonly object[], options: CallOptions = {}): Promise<void> {
    for (let i = 0; i < objects.length; i += CREATE_BATCH_SIZE) {
      const items = objects.slice(i, i + CREATE_BATCH_SIZE);
      await this.run(["create", "-f", "-"], {
        timeout: CALL_TIMEOUT_S + CREATE_S_PER_OBJECT * items.length,
        ...options,
        stdin: JSON.stringify({ apiVersion: "v1", kind: "List", items }),
      });
    }
  }

  /** Deletes existing objects without waiting, e.g. `pods -n x -l y`. Retries like a read. */
  async delete(args: readonly string[], options: CallOptions = {}): Promise<void> {
    await this.#retry(["delete", "--ignore-not-found", "--wait=false", ...args], [], options);
  }

  /** Starts an agent in a container over `kubectl exec`. @throws EnvironmentError if it does not start */
  startAgent(namespace: string, pod: string, env: Readonly<Record<string, string>>): Promise<StartedAgent> {
    return startAgent(this.host, `pod ${pod}`, this.command("exec", "-i", "-n", namespace, pod, "--"), env);
  }

  /** Retries an idempotent call while the API server is unreachable. */
  async #retry(args: readonly string[], format: readonly string[], options: CallOptions): Promise<string> {
    const output = await retry(
      () => this.#call([...args, ...format], options),
      (result) => !succeeded(result) && UNREACHABLE_ERROR.test(result.stderr),
      { attempts: MAX_ATTEMPTS, every: RETRY_PAUSE_S, signal: options.signal, clock: this.clock },
    );
    if (succeeded(output)) return output.stdout;
    throw callError(args, output);
  }

  #call(args: readonly string[], { stdin, timeout = CALL_TIMEOUT_S, signal }: CallOptions): Promise<Output> {
    const limits = { timeout, maxBytes: MAX_OUTPUT_BYTES };
    return this.shell.exec(this.command(...args), {
      ...limits,
      ...(stdin === undefined ? {} : { stdin }),
      ...(signal === undefined ? {} : { signal }),
    });
  }
}

function callError(args: readonly string[], output: Output): EnvironmentError {
  const message = loginFailure(output.stderr) ?? (lastLine(output.stderr) || lastLine(output.stdout));
  const reason = message === "" ? "" : `: ${message}`;
  return new EnvironmentError(`kubectl ${args.join(" ")} ${describeEnd(output)}${reason}`);
}
