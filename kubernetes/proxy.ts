/**
 * Accesses the API through one `kubectl proxy`, for calls whose time is measured: starting kubectl for each call would
 * distort it. The proxy listens on a socket in a private directory, because it acts with the permissions of the user.
 */
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { Agent, request, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { EnvironmentError, printable } from "../core/errors.ts";
import { stringAt, tryParse } from "../core/untrusted-json.ts";
import { type Output, describeFailure } from "../core/shell.ts";
import { waitUntil } from "../core/wait.ts";
import { makeTempDir } from "../core/temp-dir.ts";
import type { Kubectl } from "./client.ts";
import { apiPath, guessResourceName } from "./resource-names.ts";
import type { NamespacedObject } from "./api-types.ts";

/** Seconds for the proxy to listen, and for one response. */
const START_TIMEOUT_S = 15;
const RESPONSE_TIMEOUT_S = 30;
/** Maximum length of a response that is read: enough for any error message and any object that cnibench creates. */
const MAX_RESPONSE_LENGTH = 1024 * 1024;

/**
 * An API client with one open connection. Each call resolves when the API server has answered.
 * @throws EnvironmentError with the server's message if it refuses
 */
export interface ApiConnection {
  readonly create: (object: NamespacedObject) => Promise<void>;
  /** Applies a JSON merge patch (RFC 7396). */
  readonly patch: (object: NamespacedObject) => Promise<void>;
  readonly remove: (object: NamespacedObject) => Promise<void>;
}

/** Starts a proxy. @throws EnvironmentError if it does not start */
export async function openProxy(kubectl: Kubectl, signal: AbortSignal): Promise<ApiConnection & AsyncDisposable> {
  const dir = makeTempDir(kubectl.host, "api");
  const socketPath = join(dir, "socket");
  const proxy = kubectl.shell.start(
    ["setpriv", "--pdeathsig", "KILL", "--", ...kubectl.command("proxy", `--unix-socket=${socketPath}`)],
    { stdin: "", signal },
  );
  const agent = new Agent({ keepAlive: true });
  const close = async (): Promise<void> => {
    agent.destroy();
    proxy.kill("SIGKILL");
    await proxy.done;
    await rm(dir, { recursive: true, force: true });
  };
  let exited: Output | null = null;
  void proxy.done.then((output) => (exited = output));
  const check = (): boolean => {
    if (exited !== null) throw new EnvironmentError(describeFailure(exited));
    return existsSync(socketPath);
  };
  try {
    await waitUntil("kubectl proxy did not listen", check, { timeout: START_TIMEOUT_S, signal, clock: kubectl.clock });
  } catch (error) {
    await close();
    throw error;
  }
  const send = (method: string, path: string, type: string, object: object | null): Promise<void> =>
    sendRequest({ agent, socketPath, method, path, signal }, type, object);
  return {
    create: (object) => send("POST", collectionPath(object), "application/json", object),
    patch: (object) =>
      send("PATCH", `${collectionPath(object)}/${object.metadata.name}`, "application/merge-patch+json", object),
    remove: (object) => send("DELETE", `${collectionPath(object)}/${object.metadata.name}`, "application/json", null),
    [Symbol.asyncDispose]: close,
  };
}

/** Returns the path of an object's collection: `/apis/apps/v1/namespaces/x/deployments`. Pure. */
export function collectionPath({ apiVersion, kind, metadata: { namespace } }: NamespacedObject): string {
  // Runners create built-in kinds only. Discovery would delay the first call, whose time is measured.
  return `${apiPath(apiVersion)}/namespaces/${namespace}/${guessResourceName(kind)}`;
}

/** One request over the connection to the proxy. */
interface ApiRequest {
  readonly agent: Agent;
  readonly socketPath: string;
  readonly method: string;
  readonly path: string;
  readonly signal: AbortSignal;
}

function sendRequest(call: ApiRequest, type: string, object: object | null): Promise<void> {
  const payload = object === null ? "" : JSON.stringify(object);
  const requestError = (reason: string): EnvironmentError =>
    new EnvironmentError(
      `the API server did not complete ${call.method} ${call.path}: ${printable(reason).slice(0, 300)}`,
    );
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        ...call,
        headers: { "content-type": type, "content-length": Buffer.byteLength(payload) },
        timeout: RESPONSE_TIMEOUT_S * 1000,
      },
      (response: IncomingMessage) => {
        let body = "";
        response.setEncoding("utf8").on("data", (part: string) => (body = (body + part).slice(0, MAX_RESPONSE_LENGTH)));
        response.on("end", () =>
          (response.statusCode ?? 0) < 300
            ? resolve()
            : reject(requestError(stringAt(tryParse(body), "message") ?? `status ${response.statusCode}`)),
        );
      },
    );
    outgoing.on("timeout", () => outgoing.destroy(new Error(`no response within ${RESPONSE_TIMEOUT_S} s`)));
    outgoing.on("error", (error) => reject(call.signal.aborted ? error : requestError(error.message)));
    outgoing.end(payload);
  });
}
