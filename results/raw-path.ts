/** Where raw output lies inside the run folder. Names come from suites and plugins: none may leave the folder. */

const PATH_SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$/;

/**
 * `raw/<suite>/<scenario>/<plugin>/<cluster>/<path>/<block>-<rep>`, from the second sitting on with `-sitting<n>`: the
 * baseline of a torn block is measured in both.
 * @throws Error on a name that is none: suites and plugins validate theirs, so this is a fault of cnibench
 */
export function rawPath(scenario: string, block: number, rep: number, session: number): string {
  return `raw/${validated(scenario)}/${block}-${rep}${session === 1 ? "" : `-sitting${session}`}`;
}

/** `logs/<deployment>/<node>-<daemon>.log`. @throws as {@link rawPath} does */
export function logPath(name: string): string {
  return `logs/${validated(name)}.log`;
}

function validated(path: string): string {
  const invalid = path.split("/").find((part) => !PATH_SEGMENT.test(part));
  if (invalid !== undefined) throw new Error(`"${invalid}" in ${path} cannot be the name of a folder`);
  return path;
}

/** Whether a stored record may name this path: its raw folder, nothing outside it. */
export function isRawPath(path: string): boolean {
  const [root, ...parts] = path.split("/");
  return root === "raw" && parts.length > 0 && parts.every((part) => PATH_SEGMENT.test(part));
}
