/**
 * A small client of the Kubernetes API over the kubectl program, which knows every way to log in to a cluster
 * (docs/decisions/0007-kubectl.md). Every call names its kubeconfig and context, and is bounded in size and time.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { startAgent, type StartedAgent } from "../../core/agent/start.ts";
import { EnvironmentError, describeEnd, lastLine } from "../../core/errors.ts";
import { valueAt, tryParse } from "../../core/json.ts";
import { localShell } from "../../core/local.ts";
import { succeeded, type Output } from "../../core/shell.ts";

/** Seconds for one call. */
const CALL_TIMEOUT_S = 60;
/** Objects that are made in one call, and seconds that each may add to it: older versions make about five a second. */
const CREATE_BATCH_SIZE = 500;
const CREATE_S_PER_OBJECT = 0.5;
/** Bytes of one answer: a list of some ten thousand objects. */
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;
/** How often a read or a deletion is tried when the API server does not answer (it restarts, a connection drops), and seconds between. */
const MAX_ATTEMPTS = 30;
const RETRY_PAUSE_S = 1;
/** Seconds between two looks at what is awaited. */
const POLL_INTERVAL_S = 0.25;
/** What kubectl says when it was the connection that failed. */
const UNREACHABLE_ERROR =
  /connection refused|connection reset|TLS handshake timeout|i\/o timeout|unexpected EOF|: EOF$|no route to host|http2: client connection lost|etcdserver: (leader changed|request timed out)|an error on the server \(""\)|ServiceUnavailable/m;

export interface ClusterAccess {
  readonly kubeconfig: string;
  readonly context: string;
  /** Folder for what kubectl remembers of the API. */
  readonly cache: string;
}

export interface CallOptions {
  readonly stdin?: string;
  /** Seconds. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

export interface WaitOptions {
  /** Seconds. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  /** Told when the time is over: what is still missing, and why. */
  readonly explain?: () => Promise<string>;
}

export class Kubectl {
  readonly #access: ClusterAccess;

  constructor(access: ClusterAccess) {
    this.#access = access;
  }

  get access(): ClusterAccess {
    return this.#access;
  }

  /** The whole command line of a call. */
  command(...args: readonly string[]): readonly string[] {
    const { kubeconfig, context, cache } = this.#access;
    return ["kubectl", `--kubeconfig=${kubeconfig}`, `--context=${context}`, `--cache-dir=${cache}`, ...args];
  }

  /** Runs one call. @returns its standard output. @throws EnvironmentError with kubectl's own words. */
  async run(args: readonly string[], options: CallOptions = {}): Promise<string> {
    const output = await this.#call(args, options);
    if (succeeded(output)) return output.stdout;
    throw failure(args, output);
  }

  /** Reads objects: `get pods -n x`. Repeated while the API server cannot be reached. @returns the parsed answer. */
  async get(args: readonly string[], options: CallOptions = {}): Promise<unknown> {
    return tryParse(await this.#retry(["get", ...args], ["-o", "json"], options));
  }

  /** The items of a list. */
  async list(args: readonly string[], options: CallOptions = {}): Promise<readonly unknown[]> {
    const items = valueAt(await this.get(args, options), "items");
    return Array.isArray(items) ? (items as unknown[]) : [];
  }

  /** @param manifests YAML or JSON documents */
  async apply(manifests: string, options: CallOptions = {}): Promise<void> {
    await this.run(["apply", "--server-side", "--force-conflicts", "-f", "-"], { ...options, stdin: manifests });
  }

  /** Makes objects that are not there yet, many in one call. */
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

  /** Deletes what is there and waits for nothing: `pods -n x -l y`. Repeated as a read is. */
  async delete(args: readonly string[], options: CallOptions = {}): Promise<void> {
    await this.#retry(["delete", "--ignore-not-found", "--wait=false", ...args], [], options);
  }

  /** Looks until `look` gives something. @throws EnvironmentError when the time is over; whatever `look` throws. */
  async waitFor<T>(callError: string, check: () => Promise<T | null>, options: WaitOptions): Promise<T> {
    const result = await this.poll(check, options);
    if (result !== null) return result;
    const why = await options.explain?.().catch(() => "");
    throw new EnvironmentError(`${callError} within ${options.timeout} s${why ? `:\n${why}` : ""}`);
  }

  /** Looks until `look` gives something. @returns null when the time is over. @throws whatever `look` throws. */
  async poll<T>(check: () => Promise<T | null>, { timeout: limit, signal }: WaitOptions): Promise<T | null> {
    const deadline = performance.now() + limit * 1000;
    for (;;) {
      signal.throwIfAborted();
      const result = await check();
      if (result !== null || performance.now() > deadline) return result;
      await sleep(POLL_INTERVAL_S * 1000, undefined, { signal });
    }
  }

  /** A shell in a container: an agent whose streams `kubectl exec` carries. @throws EnvironmentError when it does not start. */
  startAgent(namespace: string, pod: string, env: Readonly<Record<string, string>>): Promise<StartedAgent> {
    return startAgent(`pod ${pod}`, this.command("exec", "-i", "-n", namespace, pod, "--"), env);
  }

  /** For calls that do no harm twice. */
  async #retry(args: readonly string[], format: readonly string[], options: CallOptions): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      const output = await this.#call([...args, ...format], options);
      if (succeeded(output)) return output.stdout;
      if (attempt === MAX_ATTEMPTS || options.signal?.aborted === true || !UNREACHABLE_ERROR.test(output.stderr))
        throw failure(args, output);
      await sleep(RETRY_PAUSE_S * 1000, undefined, { signal: options.signal });
    }
  }

  #call(args: readonly string[], { stdin, timeout = CALL_TIMEOUT_S, signal }: CallOptions): Promise<Output> {
    const limits = { timeout, maxBytes: MAX_OUTPUT_BYTES };
    return localShell().exec(this.command(...args), {
      ...limits,
      ...(stdin === undefined ? {} : { stdin }),
      ...(signal === undefined ? {} : { signal }),
    });
  }
}

function failure(args: readonly string[], output: Output): EnvironmentError {
  const said = lastLine(output.stderr) || lastLine(output.stdout);
  return new EnvironmentError(`kubectl ${args.join(" ")} ${describeEnd(output)}${said === "" ? "" : `: ${said}`}`);
}
