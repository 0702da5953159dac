/** Imports images into the nodes with containerd, because `kind load` fails with Docker's containerd image store. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError, lastLine } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import type { Node } from "../../core/model.ts";
import { run, succeeded, describeEnd } from "../../core/shell.ts";
import type { KubernetesImages } from "../kubernetes-options.ts";
import { makeTempDir } from "../../core/temp-dir.ts";
import { NODE_IMAGE_ARCHIVE, MIRROR_CONFIG_DIR, mirrorConfig } from "./cluster-config.ts";

const CTR = ["ctr", "--namespace=k8s.io"] as const;
/** Seconds to pull, save or import one image. */
const TRANSFER_TIMEOUT_S = 600;

/**
 * Provides every node with the registry mirror, the user's image archive and the load image.
 * @throws EnvironmentError
 */
export async function prepareImages(
  host: Host,
  nodes: readonly Node[],
  { loadImage, imageArchive, registryMirror }: KubernetesImages,
): Promise<void> {
  const { signal } = host;
  if (registryMirror !== undefined) await Promise.all(nodes.map((node) => configureMirror(node, registryMirror)));
  if (imageArchive !== undefined)
    await Promise.all(
      nodes.map((node) =>
        run(node.shell, [...CTR, "images", "import", NODE_IMAGE_ARCHIVE], { timeout: TRANSFER_TIMEOUT_S, signal }),
      ),
    );
  const present = await Promise.all(nodes.map((node) => hasImage(node, loadImage)));
  const missing = nodes.filter((_, i) => present[i] === false);
  if (missing.length > 0 && registryMirror === undefined) await copyImage(host, loadImage, missing);
}

async function configureMirror(node: Node, mirror: string): Promise<void> {
  const installFile = ["install", "-D", "-m", "644", "/dev/stdin", `${MIRROR_CONFIG_DIR}/_default/hosts.toml`];
  await run(node.shell, installFile, { stdin: mirrorConfig(mirror) });
}

async function hasImage(node: Node, image: string): Promise<boolean> {
  return (
    (
      await run(node.shell, [...CTR, "images", "ls", "--quiet", `name==${canonicalImageName(image)}`], { timeout: 30 })
    ).trim() !== ""
  );
}

/**
 * Returns the fully qualified name of an image, under which containerd stores it. Adds the parts that Docker omits:
 * registry docker.io, path library, tag latest (distribution reference, "familiar names"). Pure.
 */
export function canonicalImageName(image: string): string {
  const [first = "", ...rest] = image.split("/");
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  const qualified = hasRegistry ? image : `docker.io/${rest.length === 0 ? "library/" : ""}${image}`;
  return /@|:[^/]*$/.test(qualified) ? qualified : `${qualified}:latest`;
}

/** Copies an image from this host's Docker to nodes. */
async function copyImage(host: Host, image: string, nodes: readonly Node[]): Promise<void> {
  const { signal } = host;
  const archive = await savedArchive(host, image);
  for (const { name, shell } of nodes) {
    await run(host.shell, ["docker", "cp", archive, `${name}:/image.tar`], { timeout: TRANSFER_TIMEOUT_S, signal });
    await run(shell, [...CTR, "images", "import", "/image.tar"], { timeout: TRANSFER_TIMEOUT_S, signal });
    await run(shell, ["rm", "/image.tar"]);
  }
}

/** Archives that this process saved, by image. All clusters of a run share them. */
const archives = new Map<string, Promise<string>>();

function savedArchive(host: Host, image: string): Promise<string> {
  const archive = archives.get(image) ?? saveImage(host, image);
  archives.set(image, archive);
  archive.catch(() => archives.delete(image)); // let the next cluster try again
  return archive;
}

/**
 * Saves an image as an archive, which is deleted on exit. Pulls it first if Docker does not have it.
 * @returns the file
 */
async function saveImage(host: Host, image: string): Promise<string> {
  const { shell, signal } = host;
  if (!succeeded(await shell.exec(["docker", "image", "inspect", image], { signal }))) await pullImage(host, image);
  const dir = makeTempDir(host, "images");
  process.once("exit", () => rmSync(dir, { recursive: true, force: true }));
  const archive = join(dir, "image.tar");
  await run(shell, ["docker", "save", "--output", archive, image], { timeout: TRANSFER_TIMEOUT_S, signal });
  return archive;
}

/** @throws EnvironmentError with a fix that depends on the cause. */
async function pullImage({ shell, signal }: Host, image: string): Promise<void> {
  const output = await shell.exec(["docker", "pull", image], { timeout: TRANSFER_TIMEOUT_S, signal });
  if (succeeded(output)) return;
  const limited = /toomanyrequests|rate limit/i.test(output.stderr);
  const fix = limited
    ? "log in with docker login, or use a mirror: --registry-mirror HOST:PORT"
    : "build it (docs/kubernetes.md), or use --load-image or --images FILE.tar";
  throw new EnvironmentError(
    `cannot pull image ${image}: docker pull ${describeEnd(output)}: ${lastLine(output.stderr)}; ${fix}`,
  );
}
