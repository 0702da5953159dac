/** Mutants of the network configuration. */
import { stringifyJson, type JsonObject } from "../../../cni/lossless-json.ts";
import { LATEST_VERSION, SPEC_VERSIONS, isSpecVersion } from "../../../cni/spec-versions.ts";
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
    {
      number: "M043",
      description: "malformed JSON is rejected with code 7",
      fails: ["cfg.json.malformed"],
      mayAlsoFail: ["cfg.json.empty"],
    },
    (original) => ({
      decode: (call) => {
        try {
          return original.decode(call);
        } catch (error) {
          throw error instanceof PluginError && error.code === 6 ? new PluginError(7, error.message) : error;
        }
      },
    }),
  ),
  ri({ number: "M044", description: "the network name is not validated", fails: ["cfg.name.chars"] }, (original) => ({
    serve: (call) =>
      original.serve(
        withConfig(call, (config) => ({
          ...config,
          name:
            stringOf(config.name) === "" ? (config.name ?? "") : stringOf(config.name).replace(/^[^\w]|[^\w.-]/g, "x"),
        })),
      ),
  })),
  ri(
    {
      number: "M046",
      description: "an unknown key is rejected with code 7, without its name",
      fails: ["cfg.unknown.tolerated"],
    },
    (original) => ({
      networkOf: (config) =>
        Object.keys(config).some((key) => !KNOWN_KEYS.includes(key))
          ? fail("the configuration is invalid", 7)
          : original.networkOf(config),
    }),
  ),
  ri(
    {
      number: "M047",
      description: "an unsupported cniVersion is accepted and answered as the latest",
      fails: ["cfg.version.unsupported", "version.list.truth.unlisted", "add.result.version"],
      version: "1.0.0",
      mayAlsoFail: ["env.exit.failure", "version.list.truth.listed", "cfg.version.*", "add.result.*"],
    },
    (original) => ({
      versions: (requested) => ({ cniVersion: requested, supportedVersions: SPEC_VERSIONS.slice(0, -1) }),
      versionOf: (config) => (isSpecVersion(stringOf(config.cniVersion)) ? original.versionOf(config) : LATEST_VERSION),
      formatResult: (result) => stringifyJson(result as unknown as JsonObject),
      allocate: (request) =>
        original.allocate({
          ...request,
          input: editJson(request.input ?? "", (config) => ({ ...config, cniVersion: request.version })),
        }),
    }),
  ),
  ri({ number: "M049", description: "unknown args are rejected", fails: ["cfg.args.ignored"] }, (original) => ({
    networkOf: (config) =>
      config.args === undefined ? original.networkOf(config) : fail("args are not understood", 7),
  })),
  ri(
    { number: "M050", description: "only the first 64 KiB of the configuration are read", fails: ["cfg.large"] },
    (original) => ({
      serve: (call) => original.serve({ ...call, input: call.input?.slice(0, 65536) ?? null }),
    }),
  ),
  ri(
    {
      number: "M052",
      description: "an invalid subnet is rejected after the bridge was created",
      fails: ["cfg.invalid.clean"],
    },
    (original) => ({
      allocate: async (request) => {
        await request.shell.exec(["ip", "link", "add", "dev", original.bridgeOf(request), "type", "bridge"]);
        return original.allocate(request);
      },
    }),
  ),
  ri(
    {
      number: "M217",
      description: "null as configuration causes a stack trace",
      fails: ["cfg.json.notobject", "env.nocrash"],
    },
    (original) => ({
      serve: async (call) =>
        call.input === "null"
          ? {
              exitCode: 1,
              stderr: "TypeError: Cannot read properties of null\n    at main (/opt/cni/bin/ri.js:12:34)\n",
            }
          : original.serve(call),
    }),
  ),
  ri(
    { number: "M218", description: "a network name must begin with a letter", fails: ["cfg.name.accept"] },
    (original) => ({
      networkOf: (config) =>
        /^\d/.test(stringOf(config.name)) ? fail("the name begins with a digit", 7) : original.networkOf(config),
    }),
  ),
  ri(
    {
      number: "M227",
      description: "another address is masqueraded",
      fails: ["cfg.ipmasq.semantics"],
      config: { ipMasq: true },
      requiredTool: "iptables",
      mayAlsoFail: ["check.tamper.rules", "check.heal"],
    },
    (original) => ({
      addMasquerade: (request, lease) =>
        original.addMasquerade(request, {
          ...lease,
          ips: lease.ips.map((ip) => ({ ...ip, address: ip.address.replace(/^\d+/, "11") })),
        }),
      checkMasquerade: async () => undefined,
    }),
  ),
  rp(
    { number: "M226", description: "an invalid subnet is rejected with code 1", fails: ["cfg.invalid.code"] },
    (original) => ({
      rangesOf: (request) => {
        try {
          return original.rangesOf(request);
        } catch {
          return fail("the subnet is invalid", 1);
        }
      },
    }),
  ),
];
