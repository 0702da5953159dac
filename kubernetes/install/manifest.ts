/**
 * Fetches the published manifest of a plugin into the cache, verifies its checksum, and patches it with kubectl's
 * kustomize.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { writeAtomically } from "../../core/atomic-write.ts";
import { EnvironmentError, messageOf } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { run } from "../../core/shell.ts";
import { makeTempDir } from "../../core/temp-dir.ts";

/** Seconds to fetch a manifest, and its maximum size: the largest has 600 kB. */
const FETCH_TIMEOUT_S = 60;
const MAX_MANIFEST_BYTES = 8 * 1024 * 1024;

/** A manifest published by a plugin's project. */
export interface PublishedManifest {
  readonly url: string;
  /** null: cnibench has no checksum for this version. */
  readonly sha256: string | null;
}

/** Changes to a published manifest: patches for objects of the same name, additional objects, image digests. */
export interface ManifestChanges {
  readonly patches: readonly object[];
  readonly added: readonly object[];
  readonly images: readonly { readonly name: string; readonly digest: string }[];
}

/**
 * Returns the path of a manifest in the cache, and downloads it if the cache does not have it.
 * @param cacheDir private cache of this user
 * @throws EnvironmentError if the manifest cannot be fetched or its checksum is wrong
 */
export async function fetchManifest(
  plugin: string,
  { url, sha256 }: PublishedManifest,
  cacheDir: string,
): Promise<string> {
  const cached = join(
    cacheDir,
    "manifests",
    createHash("sha256").update(url).digest("hex").slice(0, 16),
    basename(new URL(url).pathname),
  );
  if (existsSync(cached) && (sha256 === null || sha256Of(await readFile(cached)) === sha256)) return cached;
  const bytes = await download(plugin, url);
  if (sha256 !== null && sha256Of(bytes) !== sha256) {
    throw new EnvironmentError(
      `${url} is not the expected manifest (sha256 ${sha256Of(bytes)}, expected ${sha256}); ` +
        `check the file and pass it with --plugins ${plugin}@FILE`,
    );
  }
  await mkdir(dirname(cached), { recursive: true });
  writeAtomically(cached, bytes);
  return cached;
}

async function download(plugin: string, url: string): Promise<Buffer> {
  const fix = `download it another way and pass it with --plugins ${plugin}@FILE`;
  const failure = `cannot download the manifest of ${plugin}`;
  const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_S * 1000) }).catch((error: unknown) => {
    const cause = error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error);
    throw new EnvironmentError(`${failure} from ${url} (${cause}); ${fix}`);
  });
  if (!response.ok) throw new EnvironmentError(`${failure}: ${url} responded with ${response.status}; ${fix}`);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > MAX_MANIFEST_BYTES)
      throw new EnvironmentError(`${failure}: ${url} has more than ${MAX_MANIFEST_BYTES} bytes; ${fix}`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function sha256Of(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/**
 * Applies changes to a manifest.
 * @returns the result as YAML
 * @throws CommandError if a patch does not match the manifest
 */
export async function patchManifest(
  { shell, tempDir }: Pick<Host, "shell" | "tempDir">,
  file: string,
  { patches, added, images }: ManifestChanges,
): Promise<string> {
  const dir = makeTempDir({ tempDir }, "manifest");
  try {
    const base = { name: "base.yaml", text: await readFile(file, "utf8") };
    const numbered = (prefix: string, objects: readonly object[]): { name: string; text: string }[] =>
      objects.map((object, i) => ({ name: `${prefix}-${i}.json`, text: JSON.stringify(object) }));
    const [patchFiles, addedFiles] = [numbered("patch", patches), numbered("added", added)];
    // The field names of the kustomize in kubectl 1.14, which current versions still accept.
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
    return await run(shell, ["kubectl", "kustomize", dir], { timeout: FETCH_TIMEOUT_S });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
