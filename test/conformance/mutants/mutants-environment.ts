/** Mutants of the environment: parameters that are required, ignored, or replaced. */
import { ri, type Mutant } from "./mutant.ts";
import { fail, withEnv, withStdout } from "./mutant-helpers.ts";

type Change = Parameters<typeof ri>[1];

/** Replaces the value of a parameter in every execution. */
function editParameter(name: string, change: (value: string, command: string) => string | undefined): Change {
  return (original) => ({
    serve: (call) =>
      original.serve(withEnv(call, { [name]: change(call.env[name] ?? "", call.env.CNI_COMMAND ?? "") })),
  });
}

/** Requires an additional parameter for the operations. */
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
    {
      number: "M023",
      description: "without CNI_COMMAND: usage on standard error, exit code 0",
      fails: ["env.command.missing", "env.exit.failure"],
    },
    (original) => ({
      serve: async (call) =>
        (call.env.CNI_COMMAND ?? "") === "" ? { exitCode: 0, stderr: "usage: ri\n" } : original.serve(call),
    }),
  ),
  ri({ number: "M025", description: "an unknown command succeeds", fails: ["env.command.unknown"] }, (original) => ({
    serve: async (call) =>
      ["ADD", "DEL", "CHECK", "GC", "STATUS", "VERSION", ""].includes(call.env.CNI_COMMAND ?? "")
        ? original.serve(call)
        : { exitCode: 0 },
  })),
  ri(
    {
      number: "M026",
      description: `a missing container ID becomes "default"`,
      fails: ["env.containerid.missing"],
      mayAlsoFail: ["env.error.names", "env.exit.failure"],
    },
    editParameter("CNI_CONTAINERID", (id, command) => (id === "" && command !== "GC" ? "default" : id)),
  ),
  ri(
    {
      number: "M028",
      description: "the error for an invalid container ID does not name the parameter",
      fails: ["env.error.names"],
    },
    (original) => ({
      formatError: (...all) =>
        withStdout(original.formatError(...all), (text) => text.replaceAll("CNI_CONTAINERID", "the id")),
    }),
  ),
  ri(
    {
      number: "M029",
      description: "the container ID is not validated",
      fails: ["env.containerid.chars"],
      mayAlsoFail: ["env.error.names"],
    },
    editParameter("CNI_CONTAINERID", (id) => id.replace(/[^\w.-]/g, "x").replace(/^[^a-z0-9]/i, "x")),
  ),
  ri(
    {
      number: "M031",
      description: "CNI_IFNAME is ignored: always eth0",
      fails: ["env.ifname.honoured", "env.ifname.accept", "add.result.interfaces.container", "add.multi-ifname"],
    },
    editParameter("CNI_IFNAME", (name) => (/^[\w.-]{1,15}$/.test(name) ? "eth0" : name)),
  ),
  ri(
    {
      number: "M032",
      description: "CNI_IFNAME is cut to 14 bytes",
      fails: ["env.ifname.accept", "env.ifname.honoured"],
    },
    editParameter("CNI_IFNAME", (name) => (name.length === 15 ? name.slice(0, 14) : name)),
  ),
  ri(
    { number: "M034", description: "DEL accepts a slash in the interface name", fails: ["env.ifname.chars"] },
    editParameter("CNI_IFNAME", (name, command) => (command === "DEL" ? name.replaceAll("/", "x") : name)),
  ),
  ri(
    { number: "M035", description: "CNI_PATH is required even if nothing is delegated", fails: ["env.path.optional"] },
    requireParameter("CNI_PATH", "ADD", "DEL", "CHECK"),
  ),
  ri(
    { number: "M037", description: "an unknown key in CNI_ARGS is an error", fails: ["env.args.unconsumed"] },
    (original) => ({
      checkEnv: (command, env) => {
        const names = argNames(env.CNI_ARGS);
        if (!names.includes("IgnoreUnknown") && names.some((name) => !KNOWN_ARGS.includes(name)))
          fail("unknown key in CNI_ARGS", 4);
        original.checkEnv(command, env);
      },
    }),
  ),
  ri(
    {
      number: "M038",
      description: "IgnoreUnknown itself is an unknown key",
      fails: ["env.args.ignoreunknown"],
      // The CNI_ARGS of every test contain it.
      mayAlsoFail: ["*"],
    },
    (original) => ({
      checkEnv: (command, env) => {
        if (argNames(env.CNI_ARGS).includes("IgnoreUnknown")) fail("unknown key IgnoreUnknown in CNI_ARGS", 4);
        original.checkEnv(command, env);
      },
    }),
  ),
  ri({ number: "M360", description: "TRACEPARENT is an invalid parameter", fails: ["env.trace"] }, (original) => ({
    checkEnv: (command, env) => {
      if (env.TRACEPARENT !== undefined) fail("unknown parameter TRACEPARENT", 4);
      original.checkEnv(command, env);
    },
  })),
  ri(
    {
      number: "M040",
      description: "GC requires CNI_IFNAME",
      fails: ["gc.env"],
      mayAlsoFail: ["gc.*", "status.others-allowed"],
    },
    requireParameter("CNI_IFNAME", "GC"),
  ),
  ri({ number: "M041", description: "VERSION requires CNI_CONTAINERID", fails: ["version.noenv"] }, (original) => ({
    execute: async (call, config) => {
      if (call.env.CNI_COMMAND === "VERSION" && !call.env.CNI_CONTAINERID) fail("CNI_CONTAINERID is missing", 4);
      return original.execute(call, config);
    },
  })),
  ri(
    { number: "M214", description: "a missing CNI_IFNAME becomes eth0", fails: ["env.ifname.missing"] },
    editParameter("CNI_IFNAME", (name, command) => (name === "" && command !== "GC" ? "eth0" : name)),
  ),
  ri(
    {
      number: "M215",
      description: "STATUS requires CNI_PATH even if nothing is delegated",
      fails: ["env.path.status"],
    },
    requireParameter("CNI_PATH", "STATUS"),
  ),
];
