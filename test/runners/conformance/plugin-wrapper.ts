/** How a plugin that lies is made: a real plugin inside a few lines of sh that change one thing. */

/** A real plugin, changed. */
interface WrapperScript {
  /** Which plugin is inside. */
  readonly base: string;
  /**
   * `real` runs the plugin with the same input; its exit code is the mutant's unless the script says otherwise.
   * `rewritten` changes the input with jq first; `inside` is ip in the container.
   */
  readonly script: string;
}

/** The mutant as a program. */
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
/** Changes what ADD prints. */
export const editResult = (edit: string): string =>
  `ADD) out=$(real) || { echo "$out"; exit 1; }; echo "$out" | ${edit} ;;`;
/** Does something after a good ADD. */
export const afterAdd = (command: string): string =>
  `ADD) out=$(real) || { echo "$out"; exit 1; }; ${command}; echo "$out" ;;`;
/** Fails when a test is true, else goes on. */
export const failIf = (when: string, condition: string): string =>
  `${when}) { ${condition}; } && { ${failWith("no")}; }; real ;;`;
