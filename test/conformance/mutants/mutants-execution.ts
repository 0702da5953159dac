/** Mutants of the rules that every execution must obey. */
import { ri, rc, type Mutant } from "./mutant.ts";
import { without, editJson, withStdout } from "./mutant-helpers.ts";
import type { PluginCall, PluginOutput } from "./plugin-server.ts";

const TRACEBACK = `Traceback (most recent call last):
  File "/opt/cni/bin/rc", line 12, in <module>
    print(config["prevResult"])
KeyError: 'prevResult'
`;

/** Replaces the output of executions without prevResult. */
const withoutPrevResult =
  (output: PluginOutput): Parameters<typeof rc>[1] =>
  (original) => ({
    serve: async (call) => {
      const correct = await original.serve(call);
      return correct.exitCode !== 0 && isMissingPrevResult(call) ? output : correct;
    },
  });

function isMissingPrevResult({ env, input }: PluginCall): boolean {
  return env.CNI_COMMAND !== "VERSION" && env.CNI_NETNS !== "" && !(input ?? "").includes('"prevResult"');
}

/** Starts a helper during DEL. @param streams redirections of the helper; $PPID is the plugin */
const helperOfDel =
  (streams: string): Parameters<typeof ri>[1] =>
  (original) => ({
    del: async (request) => {
      await request.shell.exec(["sh", "-c", `sleep 30 ${streams} &`]);
      await original.del(request);
    },
  });

export const EXECUTION: readonly Mutant[] = [
  rc(
    {
      number: "M362",
      description: "a missing prevResult ends in a Python traceback",
      fails: ["exec.crash", "exec.error"],
      mayAlsoFail: ["check.prevresult.*", "add.prevresult.*", "env.nocrash", "err.*", "out.error.*"],
    },
    withoutPrevResult({ exitCode: 1, stderr: TRACEBACK }),
  ),
  rc(
    {
      number: "M363",
      description: "a missing prevResult ends in a shell error",
      fails: ["exec.crash"],
      mayAlsoFail: ["check.prevresult.*", "add.prevresult.*", "env.nocrash", "err.*", "out.error.*", "exec.error"],
    },
    withoutPrevResult({ exitCode: 2, stderr: "/opt/cni/bin/rc: 12: prevResult: parameter not set\n" }),
  ),
  rc(
    {
      number: "M364",
      description: "ADD without prevResult prints an error and exits with code 0",
      fails: ["exec.status"],
      mayAlsoFail: ["*.prevresult.*", "check.unknown", "env.*", "out.*", "exec.*"],
    },
    (original) => ({
      serve: async (call) => ({
        ...(await original.serve(call)),
        ...(isMissingPrevResult(call) && call.env.CNI_COMMAND === "ADD" ? { exitCode: 0 } : {}),
      }),
    }),
  ),
  ri(
    {
      number: "M365",
      description: "CHECK prints a log line",
      fails: ["exec.output"],
      mayAlsoFail: ["out.check.empty", "check.*"],
    },
    (original) => ({
      execute: async (call, config) =>
        (await original.execute(call, config)) + (call.env.CNI_COMMAND === "CHECK" ? "checked\n" : ""),
    }),
  ),
  ri(
    {
      number: "M366",
      description: "the error for a missing namespace has neither code nor msg",
      fails: ["exec.error"],
      mayAlsoFail: ["err.*", "cfg.*", "env.*", "check.*", "add.*"],
    },
    (original) => ({
      formatError: (error, ...rest) =>
        error.message.includes("CNI_NETNS is not")
          ? withStdout(original.formatError(error, ...rest), (text) =>
              editJson(text, (it) => without(it, "code", "msg")),
            )
          : original.formatError(error, ...rest),
    }),
  ),
  ri(
    {
      number: "M367",
      description: "a helper of DEL keeps standard output open",
      fails: ["exec.pipe"],
      mayAlsoFail: ["*"],
    },
    helperOfDel(">/proc/$PPID/fd/1 2>/dev/null"),
  ),
  ri(
    {
      number: "M368",
      description: "DEL leaves a process",
      fails: ["exec.process", "env.detached"],
      mayAlsoFail: ["leak.*"],
    },
    helperOfDel(">/dev/null 2>&1"),
  ),
  ri({ number: "M353", description: "ADD writes a file to /etc", fails: ["exec.files"] }, (original) => ({
    add: async (request) => {
      await request.shell.exec(["sh", "-c", ": >/etc/ri.conf"]);
      return original.add(request);
    },
  })),
  rc(
    { number: "M354", description: "a missing prevResult leaves a temporary file", fails: ["exec.files"] },
    (original) => ({
      serve: async (call) => {
        if (isMissingPrevResult(call)) await call.shell.exec(["mktemp"]);
        return original.serve(call);
      },
    }),
  ),
];
