/** Provides fake plugins written in sh, which record their calls and print the output that a test defines. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { localShell } from "../../core/local.ts";
import { parseNetworkConfig } from "../../cni/conf.ts";
import { CniRuntime, type RuntimeOptions } from "../../cni/runtime.ts";
import { folderStore } from "../../cni/runtime-store.ts";
import type { Attachment, NetworkConfigList, Operation } from "../../cni/types.ts";

/** A call that a fake plugin received. */
export interface ReceivedCall {
  readonly plugin: string;
  readonly command: string;
  /** The variables whose names begin with CNI_. */
  readonly env: Record<string, string>;
  readonly request: Record<string, unknown>;
  readonly stdin: string;
}

/** mkdir is atomic, so calls are numbered in the order of their start, also when they run in parallel. */
const FAKE_PLUGIN = `#!/bin/sh
here=\${0%/*}; me=\${0##*/}; n=1000
while ! mkdir "$here/log/$n" 2>/dev/null; do n=$((n+1)); done
cat >"$here/log/$n/stdin"; env >"$here/log/$n/env"; printf %s "$me" >"$here/log/$n/plugin"
if [ -f "$here/answers/$me.$CNI_COMMAND" ]; then . "$here/answers/$me.$CNI_COMMAND"; fi
`;

export const RESULT = { cniVersion: "1.1.0", ips: [{ address: "10.1.0.5/16" }] };

/** Returns a script that prints a value. */
export function printing(value: unknown): string {
  return `cat <<'ANSWER'\n${JSON.stringify(value)}\nANSWER\n`;
}

/** Returns a script that prints an error object and fails. */
export function failing(code: number, msg: string): string {
  return `${printing({ cniVersion: "1.1.0", code, msg })}exit 1\n`;
}

/** A directory of fake plugins with a log of their calls. */
export class FakePlugins {
  readonly dir = temporaryDir();

  constructor() {
    for (const name of ["log", "answers"]) mkdirSync(join(this.dir, name));
  }

  /** Adds a plugin. By default it prints RESULT for ADD and nothing for other commands. */
  plugin(type: string, answers: Partial<Record<Operation, string>> = {}): this {
    writeFileSync(join(this.dir, type), FAKE_PLUGIN);
    chmodSync(join(this.dir, type), 0o755);
    for (const [command, script] of Object.entries({ ADD: printing(RESULT), ...answers })) {
      writeFileSync(join(this.dir, "answers", `${type}.${command}`), script);
    }
    return this;
  }

  received(): ReceivedCall[] {
    return readdirSync(join(this.dir, "log"))
      .sort()
      .map((n) => {
        const read = (name: string): string => readFileSync(join(this.dir, "log", n, name), "utf8");
        const pairs = read("env")
          .split("\n")
          .filter((line) => line.startsWith("CNI_"))
          .map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]);
        const env = Object.fromEntries(pairs);
        const stdin = read("stdin");
        return {
          plugin: read("plugin"),
          command: env.CNI_COMMAND ?? "",
          env,
          stdin,
          request: JSON.parse(stdin || "{}") as Record<string, unknown>,
        };
      });
  }

  /** Returns `plugin COMMAND` of every call, in order. */
  order(): string[] {
    return this.received().map(({ plugin, command }) => `${plugin} ${command}`);
  }

  runtime(options: Partial<RuntimeOptions> = {}): CniRuntime {
    return new CniRuntime({
      shell: localShell(),
      pluginPath: [this.dir],
      store: folderStore(join(this.dir, "store")),
      timeout: 20,
      ...options,
    });
  }
}

/** Creates a directory that is removed after the test. */
export function temporaryDir(): string {
  const dir = mkdtempSync(join(tmpdir(), "cnibench-test-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export function network(plugins: readonly object[], more: object = {}): NetworkConfigList {
  return parseNetworkConfig(JSON.stringify({ cniVersion: "1.1.0", name: "net", ...more, plugins }), "net.conflist");
}

export function attachment(more: Partial<Attachment> = {}): Attachment {
  return { containerID: "c1", netns: "/run/netns/c1", ifName: "eth0", ...more };
}

/** Returns the error that a promise is rejected with. Fails the test if it resolves. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error("expected a rejection");
}
