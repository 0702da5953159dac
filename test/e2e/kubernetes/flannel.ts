/** Builds flannel images without access to its registry, from the binaries of flannel.sh. */
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lastLine } from "../../../core/errors.ts";
import { localShell } from "../../../core/local.ts";
import { run, succeeded } from "../../../core/shell.ts";
import { imageReference, IMAGES } from "../../../plugins/kubernetes/versions.ts";
import { LOAD } from "./images.ts";

/** Version of flanneld. */
export const FLANNEL_VERSION = "v0.26.7";
const BINARIES = ["flanneld", "flannel"];
/** Time limit to download the modules and build the binaries. */
const BUILD_TIMEOUT_S = 600;

/** Saves both images to an archive in `dir`. @returns its path, or why the binaries cannot be built */
export async function flannelImages(dir: string): Promise<{ readonly archive: string } | { readonly reason: string }> {
  const shell = localShell();
  // CNIBENCH_TEST_FLANNEL names a directory with prebuilt binaries, for tests without a network to download modules.
  const { CNIBENCH_TEST_FLANNEL: bin = dir } = process.env;
  if (bin === dir) {
    const built = await shell.exec([join(import.meta.dirname, "flannel.sh"), dir], { timeout: BUILD_TIMEOUT_S });
    if (!succeeded(built))
      return { reason: `cannot build its binaries: ${built.startError ?? lastLine(built.stderr)}` };
  }
  const missing = BINARIES.find((name) => !existsSync(join(bin, name)));
  if (missing !== undefined) return { reason: `${bin}/${missing} not found: the build failed` };
  const context = join(dir, "context");
  mkdirSync(context);
  for (const name of BINARIES) copyFileSync(join(bin, name), join(context, name));
  writeFileSync(join(context, "Dockerfile"), `FROM ${LOAD}\nCOPY flanneld /opt/bin/flanneld\nCOPY flannel /flannel\n`);
  const names = [
    imageReference({ ...IMAGES.flannel, tag: FLANNEL_VERSION }, false),
    imageReference(IMAGES.flannelCni, false),
  ];
  const archive = join(dir, "images.tar");
  await run(shell, ["docker", "build", ...names.flatMap((name) => ["--tag", name]), context], { timeout: 120 });
  await run(shell, ["docker", "save", "--output", archive, ...names], { timeout: 120 });
  await run(shell, ["docker", "rmi", ...names]);
  return { archive };
}
