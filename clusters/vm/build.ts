/**
 * Builds the VM node image from Debian packages in the cache. An interrupted build leaves nothing that is used
 * later.
 */
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError, lastLine } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import type { Output } from "../../core/shell.ts";
import { succeeded } from "../../core/shell.ts";
import {
  cacheDir,
  createCache,
  type FetchOptions,
  fetchTools,
  findTool,
  requireSpace,
  toolPath,
  withLock,
} from "../../tools/index.ts";
import {
  imageSources,
  rememberArchive,
  DEBIAN_KEYRING,
  rememberedArchive,
  requireArchiveUrl,
  requireKeyring,
} from "./debian-archive.ts";
import { imageDir, isBuilt } from "./image.ts";
import { platformOf } from "./platform.ts";
import { BUILD_SCRIPTS, recipeFor, recipeHash, type Recipe } from "./recipe.ts";

/** Long enough for a slow network connection. */
const BUILD_TIMEOUT_S = 1800;
/** Free disk space in the cache for the image and the files of the build. */
const REQUIRED_BYTES = 1.5e9;

/** Options for {@link buildImage}. */
interface BuildOptions extends FetchOptions {
  /** URL of the Debian archive to build from. Default: the archive that this host uses. */
  readonly archiveUrl?: string;
}

/**
 * Returns the recipe of the image on this host, or null without an archive.
 * @param archiveUrl see {@link BuildOptions}
 */
export function hostRecipe(host: Host, archiveUrl?: string): Recipe | null {
  const sources = imageSources(archiveUrl ?? rememberedArchive(host));
  return sources === null ? null : recipeFor(platformOf(), sources);
}

/**
 * Builds the image, unless it exists. Remembers the archive after a successful build, so that later runs find the
 * image.
 * @returns a sentence with the location
 * @throws UsageError; EnvironmentError (no archive, permission, network or space); the signal's reason
 */
export async function buildImage(host: Host, options: BuildOptions): Promise<string> {
  const { archiveUrl } = options;
  if (archiveUrl !== undefined) requireArchiveUrl(archiveUrl);
  const recipe = hostRecipe(host, archiveUrl);
  if (recipe === null) {
    throw new EnvironmentError(
      "the VM node image consists of Debian packages, but this system uses no Debian archive; " +
        "choose one with: cnibench setup --cluster vm --vm-archive URL (or pass --vm-image and --vm-kernel)",
    );
  }
  const dir = imageDir(host, recipeHash(recipe));
  if (!isBuilt(dir)) await buildInto(host, dir, recipe, options);
  if (archiveUrl !== undefined) rememberArchive(host, archiveUrl);
  return `the VM node image is in ${dir}`;
}

/** Builds the image into a temporary directory, under a lock, and renames that to `dir`. */
async function buildInto(host: Host, dir: string, recipe: Recipe, options: FetchOptions): Promise<void> {
  requireKeyring();
  await fetchTools(host, ["mmdebstrap"], options);
  const cache = cacheDir(host);
  createCache(cache);
  mkdirSync(join(cache, "vm"), { recursive: true });
  const { onProgress } = options;
  const onWait = (): void => onProgress?.("waiting for another cnibench that builds the VM node image");
  await withLock(host, join(cache, "vm/lock"), { onWait }, async () => {
    if (isBuilt(dir)) return; // built by the previous holder of the lock
    const temp = join(cache, "vm/unfinished");
    rmSync(temp, { recursive: true, force: true });
    requireSpace(join(cache, "vm"), REQUIRED_BYTES);
    mkdirSync(temp);
    try {
      onProgress?.(
        `building the VM node image from ${recipe.packages.length} Debian packages and their dependencies ` +
          "(one or two minutes)",
      );
      await build(host, temp, recipe);
      writeFileSync(join(temp, "recipe.json"), `${JSON.stringify(recipe, null, 2)}\n`);
      renameSync(temp, dir);
    } finally {
      rmSync(temp, { recursive: true, force: true });
    }
  });
}

/** Runs the build scripts in mount and PID namespaces. */
async function build(host: Host, out: string, recipe: Recipe): Promise<void> {
  const { shell, signal } = host;
  const sources = join(out, "image.sources");
  writeFileSync(sources, recipe.sources);
  const [buildScript = "", packScript = ""] = BUILD_SCRIPTS;
  const root = process.getuid?.() === 0;
  const user = root ? [] : ["--user", "--map-root-user", "--map-auto"];
  const argv = [
    ...["setpriv", "--pdeathsig", "KILL", "--"],
    ...["unshare", ...user, "--mount", "--pid", "--fork", "--kill-child", "sh", buildScript],
    ...[out, sources, DEBIAN_KEYRING, recipe.architecture, recipe.packages.join(","), packScript],
  ];
  const env = { PATH: toolPath(host).join(":"), CNIBENCH_MODULES: recipe.earlyModules.join(" ") };
  const output = await shell.exec(argv, { timeout: BUILD_TIMEOUT_S, env, signal });
  signal.throwIfAborted();
  if (!succeeded(output) || !isBuilt(out)) throw buildError(host, output, root);
}

/** Returns the error for a failed build, with the next step. */
function buildError(host: Host, output: Output, root: boolean): EnvironmentError {
  const reason = buildFailure(output);
  const permissionFix = root ? null : missingPermissionFix(host, output);
  if (permissionFix !== null) {
    const asRoot = `sudo CNIBENCH_CACHE=${cacheDir(host)} cnibench setup --cluster vm`;
    return new EnvironmentError(
      `this user is not allowed to build the VM node image (${reason}); ` +
        `${permissionFix}, or build it as root: ${asRoot}`,
    );
  }
  if (/No space left/.test(output.stderr))
    return new EnvironmentError(
      "not enough space for the VM node image (1.5 GB of disk and 1.5 GB of memory); " +
        "free some, or set CNIBENCH_CACHE to another disk",
    );
  if (output.ended === "timeout")
    return new EnvironmentError(
      `the VM node image was not built within ${BUILD_TIMEOUT_S} s; check the network and try again`,
    );
  return new EnvironmentError(
    `cannot build the VM node image (${reason}); check the network and the archive, and try again`,
  );
}

/** Returns the line of the output that explains the failure. */
function buildFailure({ stderr }: Output): string {
  const line = stderr
    .split("\n")
    .find((one) => /^E: (?!mmdebstrap failed)|unshare: |newuidmap|No space left/.test(one));
  return lastLine(line ?? lastLine(stderr));
}

/** Returns what an unprivileged user needs to map user ids; null if the build failed for another reason. */
function missingPermissionFix(host: Host, { stderr }: Output): string | null {
  const range = "100000-165535";
  if (/no line matching user/.test(stderr))
    return `assign it ids (sudo usermod --add-subuids ${range} --add-subgids ${range} USER)`;
  const cannotMap = /unshare: |newuidmap|uid_map|Operation not permitted/.test(stderr);
  return cannotMap || findTool(host, "newuidmap") === null ? "install uidmap (sudo apt-get install uidmap)" : null;
}
