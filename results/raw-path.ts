/** Where a repetition's raw output lies inside the run folder. Names come from suites and plugins: none may leave the folder. */

const PART = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$/;

/**
 * `raw/<suite>/<scenario>/<plugin>/<cluster>/<path>/<block>-<rep>`, from the second sitting on with `-sitting<n>`: the
 * baseline of a torn block is measured in both.
 * @throws Error on a name that is none: suites and plugins validate theirs, so this is a fault of cnibench
 */
export function rawPath(scenario: string, block: number, rep: number, sitting: number): string {
  const parts = scenario.split("/");
  const wrong = parts.find((part) => !PART.test(part));
  if (wrong !== undefined) throw new Error(`"${wrong}" in ${scenario} cannot be the name of a folder`);
  return `raw/${scenario}/${block}-${rep}${sitting === 1 ? "" : `-sitting${sitting}`}`;
}

/** Whether a stored record may name this path: its raw folder, nothing outside it. */
export function isRawPath(path: string): boolean {
  const [root, ...parts] = path.split("/");
  return root === "raw" && parts.length > 0 && parts.every((part) => PART.test(part));
}
