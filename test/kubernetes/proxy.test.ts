/** API calls through a proxy, with a fake kubectl and a test server on its socket. */
import { existsSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { systemClock } from "../../core/clock.ts";
import type { Output, Process } from "../../core/shell.ts";
import { Kubectl } from "../../kubernetes/client.ts";
import { collectionPath, openProxy } from "../../kubernetes/proxy.ts";
import { temporaryDir } from "../helpers/cnibench.ts";
import { fakeHost, outputOf } from "../helpers/fake-host.ts";

const ACCESS = { kubeconfig: "/k", context: "c", cache: "/cache" };
const { signal } = new AbortController();
const pod = { apiVersion: "v1", kind: "Pod", metadata: { namespace: "n", name: "p" } };

/** A client whose proxy runs until it is killed, and the path of its socket once it is started. */
function runningProxy(): { readonly kubectl: Kubectl; readonly socket: Promise<string> } {
  let started: (socket: string) => void;
  const socket = new Promise<string>((resolve) => (started = resolve));
  const start = (argv: readonly string[]): Process => {
    let kill = (): void => undefined;
    const done = new Promise<Output>((resolve) => {
      kill = () => resolve(outputOf(argv, { exitCode: null, signal: "SIGKILL" }));
    });
    started(/--unix-socket=(\S+)/.exec(argv.join(" "))?.[1] ?? "");
    return { done, closeStdin: () => undefined, kill };
  };
  const host = fakeHost({}, { tempDir: temporaryDir() });
  // The socket appears in real time.
  return { kubectl: new Kubectl({ ...host, shell: { ...host.shell, start }, clock: systemClock }, ACCESS), socket };
}

/** Serves the socket of a proxy. */
async function listen(socket: string, listener: RequestListener): Promise<Server> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return server;
}

test("each call is one request, errors contain the server's message, and the socket is removed", async () => {
  const requests: string[] = [];
  const proxy = runningProxy();
  const opened = openProxy(proxy.kubectl, signal);
  const socket = await proxy.socket;
  const [api, server] = await Promise.all([
    opened,
    listen(socket, (request, response) => {
      let body = "";
      request
        .on("data", (part: Buffer) => (body += part.toString()))
        .on("end", () => {
          const { method, url, headers } = request;
          requests.push(`${method} ${url} ${headers["content-type"]} ${body.length > 0 ? "object" : "nothing"}`);
          const refused = request.method === "DELETE";
          response.writeHead(refused ? 403 : 201).end(JSON.stringify(refused ? { message: "pods is forbidden" } : {}));
        });
    }),
  ]);
  await api.create(pod);
  await api.patch({ ...pod, apiVersion: "apps/v1", kind: "Deployment" });
  await expect(api.remove({ ...pod, apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" })).rejects.toThrow(
    / DELETE \/apis\/networking\.k8s\.io\/v1\/namespaces\/n\/networkpolicies\/p: pods is forbidden$/,
  );
  expect(requests).toEqual([
    "POST /api/v1/namespaces/n/pods application/json object",
    "PATCH /apis/apps/v1/namespaces/n/deployments/p application/merge-patch+json object",
    "DELETE /apis/networking.k8s.io/v1/namespaces/n/networkpolicies/p application/json nothing",
  ]);
  server.close();
  await api[Symbol.asyncDispose]();
  expect(existsSync(dirname(socket))).toBe(false);
});

test("a proxy that exits immediately is reported with its message", async () => {
  const reply = { exitCode: 1, stderr: "error: no such context" };
  const exiting = fakeHost({ setpriv: reply }, { tempDir: temporaryDir() });
  await expect(openProxy(new Kubectl(exiting, ACCESS), signal)).rejects.toThrow(
    /failed with exit code 1: error: no such context/,
  );
});

test.each([
  ["v1", "Pod", "/api/v1/namespaces/n/pods"],
  ["v1", "Endpoints", "/api/v1/namespaces/n/endpoints"],
  ["networking.k8s.io/v1", "NetworkPolicy", "/apis/networking.k8s.io/v1/namespaces/n/networkpolicies"],
  ["networking.k8s.io/v1", "Ingress", "/apis/networking.k8s.io/v1/namespaces/n/ingresses"],
])("collection path of %s %s", (apiVersion, kind, path) => {
  expect(collectionPath({ ...pod, apiVersion, kind })).toBe(path);
});
