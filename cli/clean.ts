/** `cnibench clean`: removes what runs that were killed have left. Of netns clusters nothing is ever left. */
import { clusters } from "../clusters/index.ts";
import type { ClusterKind } from "../clusters/cluster.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";

export interface CleanFlags {
  readonly context?: string;
}

export async function cleanCommand({ context }: CleanFlags): Promise<ExitCode> {
  const kinds: readonly ClusterKind[] = Object.values(clusters);
  const sentences: string[] = [];
  for (const kind of kinds) sentences.push(...((await kind.clean?.(context ?? null)) ?? []));
  process.stdout.write(sentences.length === 0 ? "nothing was left\n" : sentences.map((sentence) => `${sentence}\n`).join(""));
  return EXIT.good;
}
