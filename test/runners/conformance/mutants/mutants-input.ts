/** Mutants of configuration and versions. */
import { convertResult } from "../../../../cni/convert.ts";
import { stringifyJson, type JsonObject } from "../../../../cni/json.ts";
import type { CniResult } from "../../../../cni/types.ts";
import { LATEST_VERSION, SPEC_VERSIONS, isSpecVersion } from "../../../../cni/version.ts";
import { editJson, fail, withConfig } from "./mutant-helpers.ts";
import { ri, rp, type Mutant } from "./mutant.ts";
import { PluginError, stringOf } from "./protocol.ts";

const KNOWN_KEYS = [
  "cniVersion",
  "name",
  "type",
  "bridge",
  "ipam",
  "mtu",
  "ipMasq",
  "dns",
  "args",
  "prevResult",
  "runtimeConfig",
  "cni.dev/attachments",
  "cni.dev/valid-attachments",
];

export const CONFIG: readonly Mutant[] = [
  ri(
    "M043",
    "malformed JSON has code 7",
    ["cfg.json.malformed"],
    (original) => ({
      decode: (call) => {
        try {
          return original.decode(call);
        } catch (error) {
          throw error instanceof PluginError && error.code === 6 ? new PluginError(7, error.message) : error;
        }
      },
    }),
    { mayAlsoFail: ["cfg.json.empty"] },
  ),
  ri("M044", "the network name is not validated", ["cfg.name.chars"], (original) => ({
    serve: (call) =>
      original.serve(
        withConfig(call, (config) => ({
          ...config,
          name:
            stringOf(config.name) === "" ? (config.name ?? "") : stringOf(config.name).replace(/^[^\w]|[^\w.-]/g, "x"),
        })),
      ),
  })),
  ri("M046", "an unknown key has code 7 and is not named", ["cfg.unknown.tolerated"], (original) => ({
    networkOf: (config) =>
      Object.keys(config).some((key) => !KNOWN_KEYS.includes(key))
        ? fail("the configuration is wrong", 7)
        : original.networkOf(config),
  })),
  ri(
    "M047",
    "an unsupported cniVersion is accepted and answered as the latest",
    ["cfg.version.unsupported", "version.list.truth.unlisted", "add.result.version"],
    (original) => ({
      versions: (asked) => ({ cniVersion: asked, supportedVersions: SPEC_VERSIONS.slice(0, -1) }),
      versionOf: (config) => (isSpecVersion(stringOf(config.cniVersion)) ? original.versionOf(config) : LATEST_VERSION),
      formatResult: (result) => stringifyJson(result as unknown as JsonObject),
      allocate: (request) =>
        original.allocate({
          ...request,
          input: editJson(request.input ?? "", (config) => ({ ...config, cniVersion: request.version })),
        }),
    }),
    {
      version: "1.0.0",
      mayAlsoFail: ["env.exit.failure", "version.list.truth.listed", "cfg.version.*", "add.result.*"],
    },
  ),
  ri("M049", "args with unknown content are refused", ["cfg.args.ignored"], (original) => ({
    networkOf: (config) =>
      config.args === undefined ? original.networkOf(config) : fail("args are not understood", 7),
  })),
  ri("M050", "only the first 64 KiB of the configuration are read", ["cfg.large"], (original) => ({
    serve: (call) => original.serve({ ...call, input: call.input?.slice(0, 65536) ?? null }),
  })),
  ri("M052", "an invalid subnet is an error after the bridge was made", ["cfg.invalid.clean"], (original) => ({
    allocate: async (request) => {
      await request.shell.exec(["ip", "link", "add", "dev", original.bridgeOf(request), "type", "bridge"]);
      return original.allocate(request);
    },
  })),
  ri("M217", "null as configuration gives a stack trace", ["cfg.json.notobject", "env.nocrash"], (original) => ({
    serve: async (call) =>
      call.input === "null"
        ? { exitCode: 1, stderr: "TypeError: Cannot read properties of null\n    at main (/opt/cni/bin/ri.js:12:34)\n" }
        : original.serve(call),
  })),
  ri("M218", "a network name must begin with a letter", ["cfg.name.accept"], (original) => ({
    networkOf: (config) =>
      /^\d/.test(stringOf(config.name)) ? fail("the name begins with a digit", 7) : original.networkOf(config),
  })),
  ri(
    "M227",
    "the masquerading is of another address",
    ["cfg.ipmasq.semantics"],
    (original) => ({
      addMasquerade: (request, lease) =>
        original.addMasquerade(request, {
          ...lease,
          ips: lease.ips.map((ip) => ({ ...ip, address: ip.address.replace(/^\d+/, "11") })),
        }),
      checkMasquerade: async () => undefined,
    }),
    { config: { ipMasq: true }, requiredTool: "iptables", mayAlsoFail: ["check.tamper.rules", "check.heal"] },
  ),
  rp("M226", "an invalid subnet has code 1", ["cfg.invalid.code"], (original) => ({
    rangesOf: (request) => {
      try {
        return original.rangesOf(request);
      } catch {
        return fail("the subnet is invalid", 1);
      }
    },
  })),
];

/** The result in the form of another version, with the version that was asked for. */
function formatAs(version: "1.0.0" | "0.4.0", edit = (result: JsonObject): JsonObject => result) {
  return (result: CniResult, asked: string): string =>
    stringifyJson({ ...edit(convertResult(result as unknown as JsonObject, version)), cniVersion: asked });
}

export const VERSION: readonly Mutant[] = [
  ri("M053", "VERSION answers with its own highest version", ["version.echo"], (original) => ({
    versions: () => original.versions(LATEST_VERSION),
  })),
  ri("M055", "VERSION lists 0.4.0, ADD refuses it", ["version.list.truth.listed"], (original) => ({
    versionOf: (config) =>
      config.cniVersion === "0.4.0" ? fail("0.4.0 is not supported", 1) : original.versionOf(config),
  })),
  ri(
    "M056",
    "VERSION leaves 0.3.1 out, ADD serves it",
    ["version.list.truth.unlisted", "cfg.version.unsupported"],
    () => ({
      versions: (asked) => ({
        cniVersion: asked,
        supportedVersions: SPEC_VERSIONS.filter((version) => version !== "0.3.1"),
      }),
    }),
  ),
  ri(
    "M058",
    "the form of 1.0.0 in 0.4.0",
    ["add.result.shape.ipversion", "add.result.shape.03x"],
    () => ({ formatResult: (result, { version }) => formatAs("1.0.0")(result, version) }),
    { version: "0.4.0" },
  ),
  ri(
    "M059",
    "the form of 1.0.0 in 0.2.0",
    ["add.result.shape.020", "add.result.nofuture"],
    () => ({ formatResult: (result, { version }) => formatAs("1.0.0")(result, version) }),
    { version: "0.2.0" },
  ),
  ri(
    "M061",
    "ips[].version in 1.0.0",
    ["add.result.shape.100", "add.result.nofuture"],
    () => ({ formatResult: (result, { version }) => formatAs("0.4.0")(result, version) }),
    { version: "1.0.0" },
  ),
  ri(
    "M062",
    "interfaces[].mtu in 1.0.0",
    ["add.result.shape.100", "add.result.nofuture"],
    (original) => ({
      formatResult: (result, request) =>
        editJson(original.formatResult(result, request), (raw) => ({
          ...raw,
          interfaces: result.interfaces as unknown as JsonObject[],
        })),
    }),
    { version: "1.0.0" },
  ),
  ri("M238", "supportedVersions has 1.0, and 0.4.0 twice", ["version.list.semver"], () => ({
    versions: (asked) => ({ cniVersion: asked, supportedVersions: [...SPEC_VERSIONS, "0.4.0", "1.0"] }),
  })),
  ri("M239", "VERSION makes a folder for its data", ["version.pure"], (original) => ({
    serve: async (call) => {
      if (call.env.CNI_COMMAND === "VERSION") await call.shell.exec(["mkdir", "-p", "/var/lib/cni/ri"]);
      return original.serve(call);
    },
  })),
];
