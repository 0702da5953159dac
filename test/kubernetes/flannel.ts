/** Real flannel where its registry is out of reach: its two programs, built by flannel.sh, in images of the recipe's names. */
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lastLine } from "../../core/errors.ts";
import { localShell } from "../../core/local.ts";
import { run, succeeded } from "../../core/shell.ts";
import { imageReference, IMAGES } from "../../plugins/kubernetes/versions.ts";
import { LOAD } from "./images.ts";

/** Of flanneld. */
export const FLANNEL_VERSION = "v0.26.7";
const BINARIES = ["flanneld", "flannel"];
/** Seconds to fetch the modules and build. */
const BUILD_TIMEOUT_S = 600;

/** Puts both images into an archive in the folder. @returns its file, or why the programs cannot be had */
export async function flannelImages(folder: string): Promise<{ readonly archive: string } | { readonly why: string }> {
  const shell = localShell();
  // Built before where the tests have no network to fetch modules from.
  const { CNIBENCH_TEST_FLANNEL: programs = folder } = process.env;
  if (programs === folder) {
    const built = await shell.exec([join(import.meta.dirname, "flannel.sh"), folder], { timeout: BUILD_TIMEOUT_S });
    if (!succeeded(built))
      return { why: `its programs cannot be built: ${built.startError ?? lastLine(built.stderr)}` };
  }
  const lacking = BINARIES.find((name) => !existsSync(join(programs, name)));
  if (lacking !== undefined) return { why: `${programs} has no ${lacking}: it could not be built` };
  const context = join(folder, "context");
  mkdirSync(context);
  for (const name of BINARIES) copyFileSync(join(programs, name), join(context, name));
  writeFileSync(join(context, "Dockerfile"), `FROM ${LOAD}\nCOPY flanneld /opt/bin/flanneld\nCOPY flannel /flannel\n`);
  const names = [
    imageReference({ ...IMAGES.flannel, tag: FLANNEL_VERSION }, false),
    imageReference(IMAGES.flannelCni, false),
  ];
  const archive = join(folder, "images.tar");
  await run(shell, ["docker", "build", ...names.flatMap((name) => ["--tag", name]), context], { timeout: 120 });
  await run(shell, ["docker", "save", "--output", archive, ...names], { timeout: 120 });
  await run(shell, ["docker", "rmi", ...names]);
  return { archive };
}
