/** Wraps a real plugin in a short sh script that changes one aspect of its behavior. */

/** A wrapper around a real plugin. */
interface WrapperScript {
  /** Name of the plugin. */
  readonly base: string;
  /**
   * Branches of `case $CNI_COMMAND`. `real` runs the plugin with the same input and returns its exit code;
   * `rewritten` changes the input with jq before that; `inside` runs ip in the container.
   */
  readonly script: string;
}

/** The executable script. */
export function wrapperBinary({ base, script }: WrapperScript): string {
  return `#!/bin/sh
input=$(cat)
real() { printf '%s' "$input" | "/opt/cni/bin/${base}"; }
rewritten() { input=$(printf '%s' "$input" | jq -c "$1"); }
inside() { nsenter --net="$CNI_NETNS" ip "$@"; }
case $CNI_COMMAND in
${script}
*) real ;;
esac
`;
}

export const failWith = (message: string): string =>
  `echo '{"cniVersion":"1.0.0","code":100,"msg":"${message}"}'; exit 1`;
/** Changes the output of ADD. */
export const editResult = (edit: string): string =>
  `ADD) out=$(real) || { echo "$out"; exit 1; }; echo "$out" | ${edit} ;;`;
/** Runs a command after a successful ADD. */
export const afterAdd = (command: string): string =>
  `ADD) out=$(real) || { echo "$out"; exit 1; }; ${command}; echo "$out" ;;`;
/** Fails the operation if a condition holds. */
export const failIf = (when: string, condition: string): string =>
  `${when}) { ${condition}; } && { ${failWith("no")}; }; real ;;`;
