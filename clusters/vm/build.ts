/** Builds the image of VM nodes from Debian packages into the cache. An interrupted build leaves nothing that a later one would use. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError, lastLine } from "../../core/errors.ts";
import { localShell } from "../../core/local.ts";
import type { Output, Shell } from "../../core/shell.ts";
import { succeeded } from "../../core/shell.ts";
import { requireSpace } from "../../core/tools/apt.ts";
import { cacheDir, createCache } from "../../core/tools/cache.ts";
import { fetchTools, type FetchOptions } from "../../core/tools/fetch.ts";
import { findTool, toolPath } from "../../core/tools/find.ts";
import { withLock } from "../../core/tools/lock.ts";
import type { SetupOptions } from "../cluster.ts";
import { imageSources, rememberArchive, DEBIAN_KEYRING, requireArchiveUrl, requireKeyring } from "./debian-archive.ts";
import { imageDir, isBuilt } from "./image.ts";
import { platformOf } from "./platform.ts";
import { BUILD_SCRIPTS, recipeFor, recipeHash, type Recipe } from "./recipe.ts";

/** Seconds: a slow line is no error. */
const BUILD_TIMEOUT_S = 1800;
/** Bytes of the cache's disk: the image, and what is packed beside it for a moment. */
const REQUIRED_BYTES = 1.5e9;

/** @param archiveUrl as of {@link SetupOptions}. @returns null: nothing says where its packages would come from */
export function hostRecipe(archiveUrl?: string): Recipe | null {
  const sources = imageSources(archiveUrl);
  return sources === null ? null : recipeFor(platformOf(), sources);
}

/**
 * Later runs look for the image of the same archive: it is remembered when the image has been made of it.
 * @returns where it is
 * @throws UsageError; EnvironmentError (no archive, no right to, no network, no space); the signal's reason when aborted.
 */
export async function buildImage(options: SetupOptions): Promise<string> {
  const { archiveUrl: archive } = options;
  if (archive !== undefined) requireArchiveUrl(archive);
  const recipe = hostRecipe(archive);
  if (recipe === null) {
    throw new EnvironmentError(
      "the image of VM nodes is made of Debian packages, and this system uses no Debian archive: name one with cnibench setup --cluster vm --vm-archive URL, or bring an image with --vm-image and --vm-kernel",
    );
  }
  const dir = imageDir(recipeHash(recipe));
  if (!isBuilt(dir)) await buildInto(dir, recipe, options);
  if (archive !== undefined) rememberArchive(archive);
  return `the image of VM nodes is in ${dir}`;
}

async function buildInto(dir: string, recipe: Recipe, options: FetchOptions): Promise<void> {
  requireKeyring();
  await fetchTools(["mmdebstrap"], options);
  const cache = cacheDir();
  createCache(cache);
  mkdirSync(join(cache, "vm"), { recursive: true });
  const shell = localShell();
  const { signal, onProgress } = options;
  const onWait = (): void => onProgress?.("waiting for another cnibench that builds the image");
  await withLock(shell, join(cache, "vm/lock"), { ...(signal && { signal }), onWait }, async () => {
    if (isBuilt(dir)) return; // whoever held the lock before has built it
    const temp = join(cache, "vm/unfinished");
    rmSync(temp, { recursive: true, force: true });
    requireSpace(join(cache, "vm"), REQUIRED_BYTES);
    mkdirSync(temp);
    try {
      onProgress?.(
        `building the image of VM nodes from ${recipe.packages.length} Debian packages and what they need (a minute or two)`,
      );
      await build(shell, temp, recipe, options);
      writeFileSync(join(temp, "recipe.json"), `${JSON.stringify(recipe, null, 2)}\n`);
      renameSync(temp, dir);
    } finally {
      rmSync(temp, { recursive: true, force: true });
    }
  });
}

async function build(shell: Shell, out: string, recipe: Recipe, { signal }: FetchOptions): Promise<void> {
  const sources = join(out, "image.sources");
  writeFileSync(sources, recipe.sources);
  const [build = "", pack = ""] = BUILD_SCRIPTS;
  const root = process.getuid?.() === 0;
  const user = root ? [] : ["--user", "--map-root-user", "--map-auto"];
  const sandbox = [
    "setpriv",
    "--pdeathsig",
    "KILL",
    "--",
    "unshare",
    ...user,
    "--mount",
    "--pid",
    "--fork",
    "--kill-child",
  ];
  const argv = [
    ...sandbox,
    "sh",
    build,
    out,
    sources,
    DEBIAN_KEYRING,
    recipe.architecture,
    recipe.packages.join(","),
    pack,
  ];
  const env = { PATH: toolPath().join(":"), CNIBENCH_MODULES: recipe.earlyModules.join(" ") };
  const output = await shell.exec(argv, { timeout: BUILD_TIMEOUT_S, env, ...(signal && { signal }) });
  signal?.throwIfAborted();
  if (!succeeded(output) || !isBuilt(out)) throw buildError(output, root);
}

/** What went wrong, and the next step. */
function buildError(output: Output, root: boolean): EnvironmentError {
  const lines = output.stderr.split("\n");
  const line =
    lines.find((one) => /^E: (?!mmdebstrap failed)|unshare: |newuidmap|No space left/.test(one)) ??
    lastLine(output.stderr);
  const notPermitted = `this user may not build the image (${lastLine(line)})`;
  const asRoot = `or build it as root: sudo CNIBENCH_CACHE=${cacheDir()} cnibench setup --cluster vm`;
  if (!root && /no line matching user/.test(output.stderr)) {
    const range = "100000-165535";
    return new EnvironmentError(
      `${notPermitted}: give it a range of ids (sudo usermod --add-subuids ${range} --add-subgids ${range} USER), ${asRoot}`,
    );
  }
  if (
    !root &&
    (findTool("newuidmap") === null || /unshare: |newuidmap|uid_map|Operation not permitted/.test(output.stderr))
  ) {
    return new EnvironmentError(`${notPermitted}: install uidmap (sudo apt-get install uidmap), ${asRoot}`);
  }
  if (/No space left/.test(output.stderr))
    return new EnvironmentError(
      "there is no space for the image (1.5 GB of disk and 1.5 GB of memory): free some, or set CNIBENCH_CACHE to another disk",
    );
  if (output.ended === "timeout")
    return new EnvironmentError(
      `the image was not built within ${BUILD_TIMEOUT_S} s: check the network, then try again`,
    );
  return new EnvironmentError(
    `the image could not be built (${lastLine(line)}): check the network and the archive, then try again`,
  );
}
