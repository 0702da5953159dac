/** API calls through a proxy, with a fake kubectl and a test server on its socket. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { dirname, join } from "node:path";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Kubectl } from "../../kubernetes/client.ts";
import { localShell } from "../../core/local.ts";
import { collectionPath, openProxy } from "../../kubernetes/proxy.ts";

const { signal } = new AbortController();
const path = process.env.PATH;
const pod = { apiVersion: "v1", kind: "Pod", metadata: { namespace: "n", name: "p" } };
let dir = "";

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "cnibench-proxy-"));
  process.env.PATH = `${dir}:${path}`;
});

afterEach(() => {
  process.env.PATH = path;
  rmSync(dir, { recursive: true });
});

function kubectl(script: string): Kubectl {
  writeFileSync(join(dir, "kubectl"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(dir, "kubectl"), 0o755);
  return new Kubectl(localShell(), { kubeconfig: "/k", context: "c", cache: "/cache" });
}

/** Waits until the proxy is started, and listens on its socket. */
async function listen(listener: RequestListener): Promise<{ socket: string; close: () => void }> {
  const file = join(dir, "args");
  await expect
    .poll(() => existsSync(file) && readFileSync(file, "utf8").includes("\n"), { timeout: 10_000 })
    .toBe(true);
  const socket = /--unix-socket=(\S+)/.exec(readFileSync(file, "utf8"))?.[1] ?? "";
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return { socket, close: () => void server.close() };
}

test("each call is one request, errors contain the server's message, and the socket is removed", async () => {
  const requests: string[] = [];
  const [api, server] = await Promise.all([
    openProxy(kubectl(`echo "$*" >${dir}/args; exec sleep 60`), signal),
    listen((request, response) => {
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
  expect(existsSync(dirname(server.socket))).toBe(false);
});

test("a proxy that exits immediately is reported with its message", async () => {
  await expect(openProxy(kubectl("echo 'error: no such context' >&2; exit 1"), signal)).rejects.toThrow(
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
