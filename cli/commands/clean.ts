/** `cnibench clean`: removes leftovers of killed runs. */
import { type ClusterKind, clusters } from "../../clusters/index.ts";
import { EnvironmentError, messageOf } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { removeStaleTempDirs } from "../../core/temp-dir.ts";
import { cleanInstall } from "./clean-install.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";

export async function cleanCommand(host: Host, flags: object): Promise<ExitCode> {
  const kinds: readonly ClusterKind[] = Object.values(clusters);
  const sentences: string[] = [];
  const failures: string[] = [];
  const cleaners = [
    ...kinds.map((kind) => () => cleanInstall(host, kind, flags)),
    ...kinds.map((kind) => async () => kind.clean?.(host, flags) ?? []),
    () => Promise.resolve(removeStaleTempDirs(host)),
  ];
  for (const clean of cleaners) {
    try {
      sentences.push(...(await clean()));
    } catch (error) {
      failures.push(messageOf(error)); // continue with the others
    }
  }
  process.stdout.write(sentences.map((sentence) => `${sentence}\n`).join(""));
  if (failures.length > 0) throw new EnvironmentError([...new Set(failures)].join("\n"));
  if (sentences.length === 0) process.stdout.write("nothing to clean up\n");
  return EXIT.success;
}
