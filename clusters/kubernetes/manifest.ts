/** A plugin's own manifest: fetched once into the cache, checked against its sum, and changed by the kustomize in kubectl. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { EnvironmentError, messageOf } from "../../core/errors.ts";
import type { ManifestChanges, PublishedManifest } from "../../core/installation.ts";
import { localShell } from "../../core/local.ts";
import { run } from "../../core/shell.ts";
import { cacheDir } from "../../core/tools/cache.ts";

/** Seconds, and bytes, for a manifest: the largest has 600 kB. */
const FETCH_TIMEOUT_S = 60;
const MAX_MANIFEST_BYTES = 8 * 1024 * 1024;

/** @returns the file's place in the cache. @throws EnvironmentError when it cannot be had, or is another one than expected. */
export async function fetchManifest(plugin: string, { url, sha256 }: PublishedManifest): Promise<string> {
  const cached = join(
    cacheDir(),
    "manifests",
    createHash("sha256").update(url).digest("hex").slice(0, 16),
    basename(new URL(url).pathname),
  );
  if (existsSync(cached) && (sha256 === null || sha256Of(await readFile(cached)) === sha256)) return cached;
  const bytes = await download(plugin, url);
  if (sha256 !== null && sha256Of(bytes) !== sha256) {
    throw new EnvironmentError(
      `what lies at ${url} is not the manifest that cnibench expects (sha256 ${sha256Of(bytes)}, not ${sha256}); check the file and give it as --plugins ${plugin}@FILE`,
    );
  }
  await mkdir(dirname(cached), { recursive: true });
  const partial = `${cached}.${process.pid}`;
  await writeFile(partial, bytes);
  await rename(partial, cached);
  return cached;
}

async function download(plugin: string, url: string): Promise<Buffer> {
  const fix = `fetch it by other means and give it as --plugins ${plugin}@FILE`;
  const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_S * 1000) }).catch((error: unknown) => {
    const cause = error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error);
    throw new EnvironmentError(`the manifest of ${plugin} could not be fetched from ${url} (${cause}); ${fix}`);
  });
  if (!response.ok)
    throw new EnvironmentError(
      `the manifest of ${plugin} could not be fetched: ${url} answers ${response.status}; ${fix}`,
    );
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > MAX_MANIFEST_BYTES)
      throw new EnvironmentError(
        `the manifest of ${plugin} at ${url} has more than ${MAX_MANIFEST_BYTES} bytes; ${fix}`,
      );
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function sha256Of(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** @returns the changed manifest, as YAML. @throws CommandError when a change does not fit the file. */
export async function patchManifest(file: string, { patches, added, images }: ManifestChanges): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "cnibench-manifest-"));
  try {
    const base = { name: "base.yaml", text: await readFile(file, "utf8") };
    const numbered = (prefix: string, objects: readonly object[]): { name: string; text: string }[] =>
      objects.map((object, i) => ({ name: `${prefix}-${i}.json`, text: JSON.stringify(object) }));
    const [patchFiles, addedFiles] = [numbered("patch", patches), numbered("added", added)];
    // The names that the kustomize of kubectl 1.14 has, and today's still reads.
    const kustomization = {
      resources: [base, ...addedFiles].map(({ name }) => name),
      patchesStrategicMerge: patchFiles.map(({ name }) => name),
      images,
    };
    for (const { name, text } of [
      base,
      ...patchFiles,
      ...addedFiles,
      { name: "kustomization.yaml", text: JSON.stringify(kustomization) },
    ])
      await writeFile(join(dir, name), text);
    return await run(localShell(), ["kubectl", "kustomize", dir], { timeout: FETCH_TIMEOUT_S });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
