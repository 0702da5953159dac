/** Published manifests: fetched from a test server, verified and cached. */
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fetchManifest } from "../../../kubernetes/install/manifest.ts";

const MANIFEST = "kind: ConfigMap\n";
const SHA256 = createHash("sha256").update(MANIFEST).digest("hex");

let server: Server;
let url: string;
let cache: string;
let requests = 0;

beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), "cnibench-test-"));
  server = createServer((request, response) => {
    requests++;
    if (request.url !== "/agent.yaml") response.writeHead(request.url === "/endless.yaml" ? 200 : 404);
    if (request.url === "/endless.yaml") response.write(Buffer.alloc(9 * 1024 * 1024));
    response.end(request.url === "/agent.yaml" ? MANIFEST : "");
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  url = `http://127.0.0.1:${address.port}`;
});

afterAll(async () => {
  await rm(cache, { recursive: true });
  server.close();
});

test("a manifest is fetched once and then read from the cache", async () => {
  const before = requests;
  const first = await fetchManifest("agent", { url: `${url}/agent.yaml`, sha256: SHA256 }, cache);
  expect(await fetchManifest("agent", { url: `${url}/agent.yaml`, sha256: SHA256 }, cache)).toBe(first);
  expect(requests - before).toBe(1);
});

test("a wrong checksum is reported with both checksums and the fix", async () => {
  await expect(fetchManifest("agent", { url: `${url}/agent.yaml`, sha256: "0".repeat(64) }, cache)).rejects.toThrow(
    new RegExp(`/agent\\.yaml .*${SHA256}.*${"0".repeat(64)}.*--plugins agent@FILE$`),
  );
});

test.each([
  ["/missing.yaml", /\/missing\.yaml .*404; .*--plugins agent@FILE$/],
  ["/endless.yaml", /\/endless\.yaml .*8388608 bytes; .*--plugins agent@FILE$/],
])("%s cannot be fetched", async (path, message) => {
  await expect(fetchManifest("agent", { url: `${url}${path}`, sha256: null }, cache)).rejects.toThrow(message);
});

test("an unreachable server is reported with the system's reason", async () => {
  await expect(fetchManifest("agent", { url: "http://127.0.0.1:1/agent.yaml", sha256: null }, cache)).rejects.toThrow(
    / http:\/\/127\.0\.0\.1:1\/agent\.yaml \(.+\); .*--plugins agent@FILE$/,
  );
});
