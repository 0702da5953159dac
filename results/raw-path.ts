/** Builds paths of raw output in the run directory. Names of suites and plugins must not lead out of it. */

const PATH_SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$/;

/**
 * Returns `raw/<suite>/<scenario>/<plugin>/<cluster>/<path>/<block>-<rep>`, with the suffix `-sitting<n>` for later
 * sessions, because both sessions measure the baseline of a split block.
 * @throws Error for an invalid name, which is a bug because suites and plugins validate their names
 */
export function rawPath(scenario: string, block: number, rep: number, session: number): string {
  return `raw/${validated(scenario)}/${block}-${rep}${session === 1 ? "" : `-sitting${session}`}`;
}

/** Returns `logs/<deployment>/<node>-<daemon>.log`. @throws like {@link rawPath} */
export function logPath(name: string): string {
  return `logs/${validated(name)}.log`;
}

function validated(path: string): string {
  const invalid = path.split("/").find((part) => !PATH_SEGMENT.test(part));
  if (invalid !== undefined) throw new Error(`invalid directory name "${invalid}" in ${path}`);
  return path;
}

/** Reports whether a stored record may contain this path: a directory below raw/. */
export function isRawPath(path: string): boolean {
  const [root, ...parts] = path.split("/");
  return root === "raw" && parts.length > 0 && parts.every((part) => PATH_SEGMENT.test(part));
}
