/** Mutants of the output: results and error objects. */
import { isObject, stringifyJson, type JsonObject } from "../../../cni/lossless-json.ts";
import { editJson, withStdout, without } from "./mutant-helpers.ts";
import { ri, type Mutant } from "./mutant.ts";
import type { PluginCall } from "./plugin-server.ts";

/** Clauses that inspect error objects in versions without codes for invalid input. */
const ERROR_CLAUSES = [
  "cfg.version.*",
  "check.version",
  "err.*",
  "out.error.*",
  "dlg.error.propagates",
  "dlg.badresult",
  "version.list.truth.unlisted",
];

/** For mutants whose ADD result cannot be parsed. */
const RESULT_MAY_BE_UNREADABLE = {
  mayAlsoFail: ["add.*", "check.*", "conc.*", "del.*", "dlg.*", "env.*", "version.list.*"],
};

type Change = Parameters<typeof ri>[1];

/** Prints a prefix before the output of an operation. */
function prefixOutput(command: string, text: string): Change {
  return (original) => ({
    execute: async (call, config) =>
      (call.env.CNI_COMMAND === command ? text : "") + (await original.execute(call, config)),
  });
}

/** Terminates the execution with a signal. */
async function crash({ shell }: PluginCall): Promise<string> {
  await shell.exec(["sh", "-c", "kill -SEGV $PPID"]);
  return "";
}

/** Edits every error object. */
function editErrors(change: (error: JsonObject) => JsonObject): Change {
  return (original) => ({
    formatError: (...all) => withStdout(original.formatError(...all), (text) => editJson(text, change)),
  });
}

export const OUTPUT: readonly Mutant[] = [
  ri(
    {
      number: "M001",
      description: "ADD prints a log line before the result",
      fails: ["out.add.onejson"],
      ...RESULT_MAY_BE_UNREADABLE,
    },
    prefixOutput("ADD", "level=info msg=adding\n"),
  ),
  ri(
    {
      number: "M002",
      description: "ADD prints the result twice",
      fails: ["out.add.onejson"],
      ...RESULT_MAY_BE_UNREADABLE,
    },
    (original) => ({ formatResult: (result, request) => original.formatResult(result, request).repeat(2) }),
  ),
  ri(
    {
      number: "M004",
      description: "errors are printed to standard error only",
      fails: ["out.error.stdout", "out.error.onejson"],
      version: "0.4.0",
      mayAlsoFail: ERROR_CLAUSES,
    },
    (original) => ({
      formatError: (...all) => {
        const { stdout = "", ...answer } = original.formatError(...all);
        return { ...answer, stderr: stdout };
      },
    }),
  ),
  ri(
    {
      number: "M005",
      description: "an error is plain text",
      fails: ["out.error.onejson", "err.code", "err.msg"],
      version: "0.4.0",
      mayAlsoFail: ERROR_CLAUSES,
    },
    (original) => ({ formatError: (...all) => withStdout(original.formatError(...all), () => "error: boom") }),
  ),
  ri(
    {
      number: "M007",
      description: "ADD succeeds, prints its result, and exits with code 1",
      fails: ["env.exit.success"],
      mayAlsoFail: ["*"],
    },
    (original) => ({
      serve: async (call) => ({
        ...(await original.serve(call)),
        ...(call.env.CNI_COMMAND === "ADD" ? { exitCode: 1 } : {}),
      }),
    }),
  ),
  ri(
    {
      number: "M008",
      description: "ADD prints a byte order mark before the result",
      fails: ["out.add.onejson"],
      ...RESULT_MAY_BE_UNREADABLE,
    },
    prefixOutput("ADD", "\ufeff"),
  ),
  ri({ number: "M010", description: "CHECK prints prevResult", fails: ["out.check.empty"] }, (original) => ({
    execute: async (call, config) =>
      (await original.execute(call, config)) ||
      (call.env.CNI_COMMAND === "CHECK" ? stringifyJson(config.prevResult ?? null) : ""),
  })),
  ri(
    { number: "M011", description: "GC prints a summary", fails: ["out.gc.empty"] },
    prefixOutput("GC", "0 removed\n"),
  ),
  ri(
    {
      number: "M013",
      description: "errors have code 0",
      fails: ["err.code", "err.code.reserved"],
      version: "0.4.0",
      mayAlsoFail: ERROR_CLAUSES,
    },
    editErrors((error) => ({ ...error, code: 0 })),
  ),
  ri(
    {
      number: "M389",
      description: "the codes of errors are fractions",
      fails: ["err.code"],
      version: "0.4.0",
      mayAlsoFail: ERROR_CLAUSES,
    },
    editErrors((error) => ({ ...error, code: 101.5 })),
  ),
  ri(
    {
      number: "M014",
      description: "every error has code 42",
      fails: ["err.code.reserved"],
      version: "0.4.0",
      mayAlsoFail: ERROR_CLAUSES,
    },
    editErrors((error) => ({ ...error, code: 42 })),
  ),
  ri(
    {
      number: "M016",
      description: "errors lack msg",
      fails: ["err.msg"],
      version: "0.4.0",
      mayAlsoFail: ERROR_CLAUSES,
    },
    editErrors((error) => without(error, "msg")),
  ),
  ri(
    { number: "M017", description: "errors lack cniVersion", fails: ["err.cniversion"] },
    editErrors((error) => without(error, "cniVersion")),
  ),
  ri(
    {
      number: "M019",
      description: "a failed ADD has code 50",
      fails: ["err.code.status-only"],
      mayAlsoFail: ["cfg.*", "env.*", "err.*", "dlg.error.propagates"],
    },
    (original) => ({
      formatError: (refusal, version, call) =>
        withStdout(original.formatError(refusal, version, call), (text) =>
          call.env.CNI_COMMAND === "ADD" ? editJson(text, (error) => ({ ...error, code: 50 })) : text,
        ),
    }),
  ),
  ri(
    {
      number: "M020",
      description: "ADD crashes on args.cni.mtu without mtu",
      fails: ["env.nocrash", "cfg.args.noncrash"],
    },
    (original) => ({
      execute: async (call, config) => {
        const cni = isObject(config.args) ? config.args.cni : undefined;
        return isObject(cni) && cni.mtu !== undefined ? crash(call) : original.execute(call, config);
      },
    }),
  ),
  ri(
    { number: "M022", description: "ADD leaves a daemon that keeps standard output open", fails: ["env.detached"] },
    (original) => ({
      add: async (request) => {
        await request.shell.exec(["sh", "-c", "setsid sleep 30 >/proc/$PPID/fd/1 2>&1 &"]);
        return original.add(request);
      },
    }),
  ),
];
