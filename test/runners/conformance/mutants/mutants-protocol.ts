/** Mutants of output, errors and environment. */
import { isObject, stringifyJson, type JsonObject } from "../../../../cni/json.ts";
import { editJson, fail, withStdout, withEnv, without } from "./mutant-helpers.ts";
import { ri, type Mutant } from "./mutant.ts";
import type { PluginCall } from "./plugin-server.ts";

/** Clauses that look at error objects in versions that have no code for wrong input. */
const ERROR_CLAUSES = [
  "cfg.version.*",
  "check.version",
  "err.*",
  "out.error.*",
  "dlg.error.propagates",
  "dlg.badresult",
  "version.list.truth.unlisted",
];

/** What needs a result of ADD that can be read. */
const RESULT_MAY_BE_UNREADABLE = {
  mayAlsoFail: ["add.*", "check.*", "conc.*", "del.*", "dlg.*", "env.*", "version.list.*"],
};

type Change = Parameters<typeof ri>[3];

/** Words before what an operation prints. */
function prefixOutput(command: string, text: string): Change {
  return (original) => ({
    execute: async (call, config) =>
      (call.env.CNI_COMMAND === command ? text : "") + (await original.execute(call, config)),
  });
}

export const OUTPUT: readonly Mutant[] = [
  ri(
    "M001",
    "ADD prints a log line before the result",
    ["out.add.onejson"],
    prefixOutput("ADD", "level=info msg=adding\n"),
    RESULT_MAY_BE_UNREADABLE,
  ),
  ri(
    "M002",
    "ADD prints the result twice",
    ["out.add.onejson"],
    (original) => ({ formatResult: (result, request) => original.formatResult(result, request).repeat(2) }),
    RESULT_MAY_BE_UNREADABLE,
  ),
  ri(
    "M004",
    "errors go to standard error only",
    ["out.error.stdout", "out.error.onejson"],
    (original) => ({
      formatError: (...all) => {
        const { stdout = "", ...answer } = original.formatError(...all);
        return { ...answer, stderr: stdout };
      },
    }),
    { version: "0.4.0", mayAlsoFail: ERROR_CLAUSES },
  ),
  ri(
    "M005",
    "an error is plain text",
    ["out.error.onejson", "err.code", "err.msg"],
    (original) => ({ formatError: (...all) => withStdout(original.formatError(...all), () => "error: boom") }),
    { version: "0.4.0", mayAlsoFail: ERROR_CLAUSES },
  ),
  ri(
    "M007",
    "ADD succeeds, prints its result, and exits with 1",
    ["env.exit.success"],
    (original) => ({
      serve: async (call) => ({
        ...(await original.serve(call)),
        ...(call.env.CNI_COMMAND === "ADD" ? { exitCode: 1 } : {}),
      }),
    }),
    { mayAlsoFail: ["*"] },
  ),
  ri(
    "M008",
    "a byte order mark before the result",
    ["out.add.onejson"],
    prefixOutput("ADD", "\ufeff"),
    RESULT_MAY_BE_UNREADABLE,
  ),
  ri("M010", "CHECK prints prevResult", ["out.check.empty"], (original) => ({
    execute: async (call, config) =>
      (await original.execute(call, config)) ||
      (call.env.CNI_COMMAND === "CHECK" ? stringifyJson(config.prevResult ?? null) : ""),
  })),
  ri("M011", "GC prints a summary", ["out.gc.empty"], prefixOutput("GC", "0 removed\n")),
  ri(
    "M013",
    "error code 0",
    ["err.code", "err.code.reserved"],
    editErrors((error) => ({ ...error, code: 0 })),
    { version: "0.4.0", mayAlsoFail: ERROR_CLAUSES },
  ),
  ri(
    "M014",
    "error code 42 for every failure",
    ["err.code.reserved"],
    editErrors((error) => ({ ...error, code: 42 })),
    { version: "0.4.0", mayAlsoFail: ERROR_CLAUSES },
  ),
  ri(
    "M016",
    "errors without msg",
    ["err.msg"],
    editErrors((error) => without(error, "msg")),
    { version: "0.4.0", mayAlsoFail: ERROR_CLAUSES },
  ),
  ri(
    "M017",
    "errors without cniVersion",
    ["err.cniversion"],
    editErrors((error) => without(error, "cniVersion")),
  ),
  ri(
    "M019",
    "a failed ADD has code 50",
    ["err.code.status-only"],
    (original) => ({
      formatError: (refusal, version, call) =>
        withStdout(original.formatError(refusal, version, call), (text) =>
          call.env.CNI_COMMAND === "ADD" ? editJson(text, (error) => ({ ...error, code: 50 })) : text,
        ),
    }),
    { mayAlsoFail: ["cfg.*", "env.*", "err.*", "dlg.error.propagates"] },
  ),
  ri("M020", "crashes on args.cni.mtu without mtu", ["env.nocrash", "cfg.args.noncrash"], (original) => ({
    execute: async (call, config) => {
      const cni = isObject(config.args) ? config.args.cni : undefined;
      return isObject(cni) && cni.mtu !== undefined ? crash(call) : original.execute(call, config);
    },
  })),
  ri("M022", "leaves a daemon that keeps standard output open", ["env.detached"], (original) => ({
    add: async (request) => {
      await request.shell.exec(["sh", "-c", "setsid sleep 30 >/proc/$PPID/fd/1 2>&1 &"]);
      return original.add(request);
    },
  })),
];

/** The execution ends itself by a signal. */
async function crash({ shell }: PluginCall): Promise<string> {
  await shell.exec(["sh", "-c", "kill -SEGV $PPID"]);
  return "";
}

/** Every error object changed. */
function editErrors(change: (error: JsonObject) => JsonObject): Change {
  return (original) => ({
    formatError: (...all) => withStdout(original.formatError(...all), (text) => editJson(text, change)),
  });
}

/** Every execution as if a parameter had another value. */
function editParameter(name: string, change: (value: string, command: string) => string | undefined): Change {
  return (original) => ({
    serve: (call) =>
      original.serve(withEnv(call, { [name]: change(call.env[name] ?? "", call.env.CNI_COMMAND ?? "") })),
  });
}

/** One more parameter that operations need. */
function requireParameter(name: string, ...commands: readonly string[]): Change {
  return (original) => ({
    requiredParameters: {
      ...original.requiredParameters,
      ...Object.fromEntries(
        commands.map((command) => [command, [...(original.requiredParameters[command] ?? []), name]]),
      ),
    },
  });
}

const KNOWN_ARGS = ["MAC", "IP", "K8S_POD_NAME"];
const argNames = (args = ""): string[] =>
  args.split(";").flatMap((pair) => (pair === "" ? [] : [pair.split("=")[0] ?? ""]));

export const ENVIRONMENT: readonly Mutant[] = [
  ri(
    "M023",
    "without CNI_COMMAND: usage on standard error, exit code 0",
    ["env.command.missing", "env.exit.failure"],
    (original) => ({
      serve: async (call) =>
        (call.env.CNI_COMMAND ?? "") === "" ? { exitCode: 0, stderr: "usage: ri\n" } : original.serve(call),
    }),
  ),
  ri("M025", "an unknown command is nothing to do", ["env.command.unknown"], (original) => ({
    serve: async (call) =>
      ["ADD", "DEL", "CHECK", "GC", "STATUS", "VERSION", ""].includes(call.env.CNI_COMMAND ?? "")
        ? original.serve(call)
        : { exitCode: 0 },
  })),
  ri(
    "M026",
    `a missing container id is taken as "default"`,
    ["env.containerid.missing"],
    editParameter("CNI_CONTAINERID", (id, command) => (id === "" && command !== "GC" ? "default" : id)),
    { mayAlsoFail: ["env.error.names", "env.exit.failure"] },
  ),
  ri("M028", "the error for an invalid container id does not name the variable", ["env.error.names"], (original) => ({
    formatError: (...all) =>
      withStdout(original.formatError(...all), (text) => text.replaceAll("CNI_CONTAINERID", "the id")),
  })),
  ri(
    "M029",
    "the container id is not validated",
    ["env.containerid.chars"],
    editParameter("CNI_CONTAINERID", (id) => id.replace(/[^\w.-]/g, "x").replace(/^[^a-z0-9]/i, "x")),
    { mayAlsoFail: ["env.error.names"] },
  ),
  ri(
    "M031",
    "CNI_IFNAME is ignored: always eth0",
    ["env.ifname.honoured", "env.ifname.accept", "add.result.interfaces.container", "add.multi-ifname"],
    editParameter("CNI_IFNAME", (name) => (/^[\w.-]{1,15}$/.test(name) ? "eth0" : name)),
  ),
  ri(
    "M032",
    "CNI_IFNAME is cut to 14 bytes",
    ["env.ifname.accept", "env.ifname.honoured"],
    editParameter("CNI_IFNAME", (name) => (name.length === 15 ? name.slice(0, 14) : name)),
  ),
  ri(
    "M034",
    "DEL accepts a slash in the interface name",
    ["env.ifname.chars"],
    editParameter("CNI_IFNAME", (name, command) => (command === "DEL" ? name.replaceAll("/", "x") : name)),
  ),
  ri(
    "M035",
    "CNI_PATH is needed where nothing is delegated",
    ["env.path.optional"],
    requireParameter("CNI_PATH", "ADD", "DEL", "CHECK"),
  ),
  ri("M037", "an unknown key of CNI_ARGS is an error", ["env.args.unconsumed"], (original) => ({
    checkEnv: (command, env) => {
      const names = argNames(env.CNI_ARGS);
      if (!names.includes("IgnoreUnknown") && names.some((name) => !KNOWN_ARGS.includes(name)))
        fail("unknown key in CNI_ARGS", 4);
      original.checkEnv(command, env);
    },
  })),
  ri("M038", "IgnoreUnknown itself is an unknown key", ["env.args.ignoreunknown"], (original) => ({
    checkEnv: (command, env) => {
      if (argNames(env.CNI_ARGS).includes("IgnoreUnknown")) fail("unknown key IgnoreUnknown in CNI_ARGS", 4);
      original.checkEnv(command, env);
    },
  })),
  ri("M040", "GC needs CNI_IFNAME", ["gc.env"], requireParameter("CNI_IFNAME", "GC"), {
    mayAlsoFail: ["gc.*", "status.others-allowed"],
  }),
  ri("M041", "VERSION needs CNI_CONTAINERID", ["version.noenv"], (original) => ({
    execute: async (call, config) => {
      if (call.env.CNI_COMMAND === "VERSION" && !call.env.CNI_CONTAINERID) fail("CNI_CONTAINERID is missing", 4);
      return original.execute(call, config);
    },
  })),
  ri(
    "M214",
    "a missing CNI_IFNAME is taken as eth0",
    ["env.ifname.missing"],
    editParameter("CNI_IFNAME", (name, command) => (name === "" && command !== "GC" ? "eth0" : name)),
  ),
  ri(
    "M215",
    "STATUS needs CNI_PATH though nothing is delegated",
    ["env.path.status"],
    requireParameter("CNI_PATH", "STATUS"),
  ),
];
