/**
 * Files in which plugins keep state of containers, observed from outside: no profile has to name them. A file is a
 * lease if it mentions a container after ADD and does not after DEL; logs mention it after DEL too.
 */
import { STATE_DIRS } from "../node/test-node.ts";
import { inspect } from "../node/recorder.ts";
import { Skip } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { TestContainer } from "../node/test-container.ts";

/** The directories of a test node in which plugins keep state. */
const DIRS = [...STATE_DIRS.filter((dir) => dir !== "/var/log"), "/run", "/tmp", "/etc/cni"].join(" ");

/** sh: prints the files; the files of the test itself are not those of plugins. */
const FIND_FILES = `find ${DIRS} \\
  \\( -path /run/netns -o -path /tmp/.node -o -path /tmp/.cnibench \\) -prune -o -type f`;

/** REGEX: prints a line `PATH:MATCH` for each match in a file, and `PATH:` for each path that matches. */
const GREP_SCRIPT = `{ ${FIND_FILES} -exec grep -osHE -e "$1" {} +
${FIND_FILES} -print | grep -E -e "$1" | sed 's/$/:/'; } 2>/dev/null; true`;

/** Names of the files of plugins. Their content is not compared: a file that may remain may change. */
export async function listPluginFiles({ testNode }: ClauseContext): Promise<string[]> {
  return linesOf(await inspect(testNode.shell, `${FIND_FILES} -print 2>/dev/null | sort`));
}

type ContainerNames = Pick<TestContainer, "id" | "name">;

/** Files that mention the container by its ID or by its name, which is also that of its pod. */
export async function filesMentioning(context: ClauseContext, container: ContainerNames): Promise<string[]> {
  return (await filesMentioningEach(context, [container]))[0] ?? [];
}

/** The same for several containers, with few processes because tests of races run it often. */
export async function filesMentioningEach(
  { testNode }: ClauseContext,
  containers: readonly ContainerNames[],
): Promise<string[][]> {
  // The name of another container may start with the name.
  const words = containers.flatMap(({ id, name }) => [id, `${name}[0-9]*`]);
  const regex = words.join("|").replaceAll(".", "[.]");
  const mentions = linesOf(await inspect(testNode.shell, GREP_SCRIPT, regex)).flatMap((line) => {
    const path = line.slice(0, line.lastIndexOf(":"));
    const matches = line.endsWith(":") ? path.matchAll(new RegExp(regex, "g")) : [[line.slice(path.length + 1)]];
    return [...matches].map(([word]) => ({ path, word }));
  });
  return containers.map(({ id, name }) => [
    ...new Set(mentions.filter(({ word }) => word === id || word === name).map(({ path }) => path)),
  ]);
}

function linesOf(output: string): string[] {
  return [...new Set(output.split("\n").filter((line) => line !== ""))];
}

/** By convention, plugins keep the state of containers here, so every file that mentions a container is a lease. */
const CNI_FILE = /^\/(var\/lib|run)\/cni\//;

/** The files that still reserve something for the containers, after operations that must release it. */
export async function remainingLeases(
  context: ClauseContext,
  ...containers: readonly ContainerNames[]
): Promise<string[]> {
  const found = [...new Set((await filesMentioningEach(context, containers)).flat())];
  if (found.every((file) => CNI_FILE.test(file))) return found;
  const isLease = await observeLeases(context).catch((error: unknown) => {
    if (error instanceof Skip) return () => false;
    throw error;
  });
  return found.filter((file) => CNI_FILE.test(file) || isLease(file));
}

/**
 * Runs ADD and DEL of another container.
 * @returns whether a file that mentions a container is one of its leases, by path
 * @throws Skip when ADD fails
 */
export async function observeLeases(context: ClauseContext): Promise<(file: string) => boolean> {
  const added = await context.add();
  const after = await filesMentioning(context, added.container);
  await context.del(added);
  const left = new Set((await filesMentioning(context, added.container)).map(shapeOf));
  const shapes = new Set(after.map(shapeOf).filter((shape) => !left.has(shape)));
  return (file) => shapes.has(shapeOf(file));
}

/** The path with a placeholder for every address, ID and number, by which the files of containers differ. */
function shapeOf(file: string): string {
  return file.replaceAll(/[0-9a-f.:-]*\d[0-9a-f.:-]*/gi, "#");
}
