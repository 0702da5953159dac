/** Starts other processes that use the store, to test locks between processes. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { packageRoot } from "../../core/paths.ts";
import { localShell } from "../../core/local.ts";
import type { Process } from "../../core/shell.ts";
import { temporaryDir } from "./fake-plugins.ts";

/** The runtime store and its imports, transpiled for the child process because Node 20 does not run TypeScript. */
const SOURCES = [
  "cni/runtime-store.ts",
  "cni/attachment-cache.ts",
  "cni/link-lock.ts",
  "cni/lossless-json.ts",
  "core/errors.ts",
  "core/atomic-write.ts",
  "core/clock.ts",
  "core/process-identity.ts",
  "core/wait.ts",
];

/** Runs scripts in which `store` is a store in the directory `dir`. */
export class OtherProcesses {
  readonly dir = join(temporaryDir(), "store");
  readonly #code = temporaryDir();

  constructor() {
    const root = packageRoot();
    const compilerOptions = {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      rewriteRelativeImportExtensions: true,
      verbatimModuleSyntax: true,
    };
    for (const source of SOURCES) {
      const target = join(this.#code, source.replace(/ts$/, "js"));
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(
        target,
        ts.transpileModule(readFileSync(join(root, source), "utf8"), { compilerOptions }).outputText,
      );
    }
    writeFileSync(join(this.#code, "package.json"), `{"type":"module"}`);
    symlinkSync(join(root, "node_modules"), join(this.#code, "node_modules"));
  }

  /** Starts a process that runs `body` as a module. */
  start(body: string): Process {
    const prelude = `import { folderStore } from ${JSON.stringify(join(this.#code, "cni/runtime-store.js"))};
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
const store = folderStore(${JSON.stringify(this.dir)});
`;
    return localShell().start([process.execPath, "--input-type=module", "-e", prelude + body], {
      stdin: "",
      timeout: 60,
    });
  }
}
