/**
 * Directories with a bridge binary that is slower on purpose: a shell script with the original binary behind its end,
 * so that it is complete in itself, as a build of a plugin is.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";

/** Shell commands that the script runs for ADD, before or after those of the original. */
export interface Slowdown {
  readonly before?: string;
  /** Its failure is that of ADD. */
  readonly after?: string;
}

/** Writes the binary and its directory. @param original path of the real binary */
export function writeBinary(file: string, original: string, { before = ":", after = ":" }: Slowdown): void {
  mkdirSync(dirname(file), { recursive: true });
  const script = scriptOf(basename(file), before, after);
  // The number is as long as its placeholder.
  const text = script.replace(OFFSET, String(script.length + 1).padStart(OFFSET.length, "0"));
  writeFileSync(file, Buffer.concat([Buffer.from(text), readFileSync(original)]), { mode: 0o755 });
}

const OFFSET = "@offset@";

/**
 * The original is extracted once on each node, to a file that appears complete. A pod that could not be slowed must not
 * be measured, so ADD fails then (specification 1.1, section 5, error).
 */
function scriptOf(name: string, before: string, after: string): string {
  return `#!/bin/sh
# Slows pods on purpose. Written by cnibench's campaign.
original=/run/cnibench-${name}
if [ ! -x $original ]; then
  tail -c +${OFFSET} "$0" >$original.$$ && chmod 755 $original.$$ && mv $original.$$ $original
fi
[ "$CNI_COMMAND" = ADD ] || exec $original
{ ${before}; } >&2
result=$($original)
status=$?
if [ $status -eq 0 ] && ! { ${after}; } >&2; then
  result='{"cniVersion": "1.0.0", "code": 100, "msg": "the campaign cannot slow the pod"}'
  status=1
fi
printf '%s\\n' "$result"
exit $status
`;
}
