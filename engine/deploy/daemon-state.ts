/**
 * Copies the files that a plugin's daemons keep in /run for the CNI plugin: a test node with its own empty /run needs
 * them too.
 */
import type { Node } from "../../core/model.ts";
import { quoteWord } from "../../core/text.ts";
import { run } from "../../core/shell.ts";

/** Largest size of one file, bytes: these files hold settings. */
const MAX_FILE_BYTES = 64 * 1024;

/**
 * Reads the daemons' files in /run of a node.
 * @param nodeFiles files of the recipe; files outside /run are ignored
 * @returns sh script that recreates the files; empty if the plugin has none
 * @throws CommandError if a file cannot be read
 */
export async function readDaemonState(nodeFiles: readonly string[], { shell }: Pick<Node, "shell">): Promise<string> {
  const files = nodeFiles.filter((file) => file.startsWith("/run/"));
  const lines: string[] = [];
  for (const file of files) {
    const text = await run(shell, ["cat", file], { maxBytes: MAX_FILE_BYTES });
    lines.push(`mkdir -p "$(dirname ${quoteWord(file)})"; printf %s ${quoteWord(text)} >${quoteWord(file)}`);
  }
  return lines.join("\n");
}
