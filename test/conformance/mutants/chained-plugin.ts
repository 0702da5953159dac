/** RC: sets MAC address, MTU and sysctls of an existing interface, adds a firewall rule, and restores all on DEL. */
import { isObject } from "../../../cni/lossless-json.ts";
import type { CniResult } from "../../../cni/types.ts";
import { wrapShell } from "../../../core/shell.ts";
import type { Shell } from "../../../core/shell.ts";
import {
  ADD_RULE,
  APPLY_CHANGES,
  REMOVE_STALE_RECORDS,
  WRITE_RECORD,
  REMOVE_RULE,
  LIST_RULES,
  SHOW_STATE,
  RESTORE_STATE,
} from "./chained-scripts.ts";
import { runScript } from "./script.ts";
import { sha1Hex } from "./interface-plugin.ts";
import {
  Plugin,
  PluginError,
  prevResultOf,
  stringOf,
  validAttachmentsOf,
  integerOf,
  type Request,
} from "./protocol.ts";

/** Changes that the configuration and the runtime request; empty: none. */
export interface RequestedChanges {
  readonly mac: string;
  readonly mtu: string;
  /** `name=value`, with slashes in the name, as under /proc/sys. */
  readonly sysctls: readonly string[];
  /** Whether to add a firewall rule. */
  readonly rule: boolean;
}

const MAC = /^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/i;

export class ChainedPlugin extends Plugin {
  requestedChanges({ config }: Request): RequestedChanges {
    const runtime = isObject(config.runtimeConfig) ? config.runtimeConfig : {};
    const mac = stringOf(runtime.mac) || stringOf(config.mac);
    if (mac !== "" && !MAC.test(mac)) throw new PluginError(7, `invalid MAC address "${mac}"`);
    const sysctls = Object.entries(isObject(config.sysctl) ? config.sysctl : {});
    if (sysctls.some(([name]) => !/^net\.[\w./-]+$/.test(name) || name.includes("..")))
      throw new PluginError(7, "sysctl must begin with net.");
    return {
      mac,
      mtu: config.mtu === undefined ? "" : String(integerOf(config.mtu)),
      sysctls: sysctls.map(([name, value]) => `${name.replaceAll(".", "/")}=${stringOf(value)}`),
      rule: config.rule === true,
    };
  }

  isNoChange({ mac, mtu, sysctls, rule }: RequestedChanges): boolean {
    return mac === "" && mtu === "" && sysctls.length === 0 && !rule;
  }

  /** The file that stores the values before ADD. */
  recordFile({ network, id, ifName }: Pick<Request, "network" | "id" | "ifName">): string {
    return `${this.recordDir(network)}/${sha1Hex(`${id} ${ifName}`).slice(0, 16)}`;
  }

  recordDir(network: string): string {
    return `/var/lib/cni/rc/${network}`;
  }

  containerShell({ shell, netns }: Request): Shell {
    return wrapShell(shell, "container", ["nsenter", `--net=${netns}`, "--"]);
  }

  async add(request: Request): Promise<CniResult> {
    const prev = prevResultOf(request);
    if (prev === null) throw new PluginError(7, "a chained plugin requires prevResult");
    const changes = this.requestedChanges(request);
    if (this.isNoChange(changes)) return prev;
    await this.recordState(request, changes);
    try {
      await this.apply(request, changes);
      if (changes.rule) await this.addRule(request, this.tagOf(request));
    } catch (error) {
      await this.restore(request);
      throw error;
    }
    return this.updatedResult(prev, request, changes);
  }

  /** Stores the values that ADD will change, and the owner, in a file. */
  async recordState(request: Request, changes: RequestedChanges): Promise<void> {
    const names = changes.sysctls.map((pair) => pair.slice(0, pair.indexOf("=")));
    const state = await runScript(this.containerShell(request), SHOW_STATE, request.ifName, ...names);
    await runScript(request.shell, WRITE_RECORD, this.recordFile(request), `${request.id} ${request.ifName}`, ...state);
  }

  async apply(request: Request, { mac, mtu, sysctls }: RequestedChanges): Promise<void> {
    await runScript(this.containerShell(request), APPLY_CHANGES, request.ifName, mac, mtu, ...sysctls);
  }

  async addRule({ shell }: Request, tag: string): Promise<void> {
    await runScript(shell, ADD_RULE, tag);
  }

  updatedResult(prev: CniResult, { ifName, netns }: Request, { mac, mtu }: RequestedChanges): CniResult {
    const interfaces = prev.interfaces.map((entry) => {
      if (entry.name !== ifName || entry.sandbox !== netns) return entry;
      return { ...entry, ...(mac && { mac }), ...(mtu && { mtu: Number(mtu) }) };
    });
    return { ...prev, interfaces };
  }

  tagOf({ id, ifName }: Request): string {
    return `${id}:${ifName}`;
  }

  /** Does nothing in a container that no longer exists. */
  async restore(request: Request): Promise<void> {
    if (request.config.rule === true) await runScript(request.shell, REMOVE_RULE, this.tagOf(request));
    await runScript(request.shell, RESTORE_STATE, this.recordFile(request), request.netns, request.ifName);
  }

  async del(request: Request): Promise<void> {
    await this.restore(request);
  }

  async check(request: Request): Promise<void> {
    if (prevResultOf(request) === null) throw new PluginError(7, "CHECK requires prevResult");
    const changes = this.requestedChanges(request);
    if (this.isNoChange(changes)) return;
    const names = changes.sysctls.map((pair) => pair.slice(0, pair.indexOf("=")));
    const [mac = "", mtu = "", ...sysctls] = await runScript(
      this.containerShell(request),
      SHOW_STATE,
      request.ifName,
      ...names,
    );
    this.compareState(changes, { mac, mtu, sysctls });
    if (changes.rule && !(await this.hasRule(request))) throw new PluginError(131, "the firewall rule is missing");
  }

  /** Whether the rule of the attachment and the jump to it exist. */
  async hasRule(request: Request): Promise<boolean> {
    const rules = await runScript(request.shell, LIST_RULES);
    const jump = await request.shell.exec(["iptables", "-w", "-C", "FORWARD", "-j", "CNI-RC"]);
    return (
      jump.exitCode === 0 &&
      rules.some(
        (rule) =>
          rule.includes(`--comment "${this.tagOf(request)}" `) || rule.includes(`--comment ${this.tagOf(request)} `),
      )
    );
  }

  compareState(
    changes: RequestedChanges,
    state: { readonly mac: string; readonly mtu: string; readonly sysctls: readonly string[] },
  ): void {
    const failOn = (subject: string): never => {
      throw new PluginError(130, `${subject} was changed`);
    };
    if (changes.mac !== "" && state.mac !== `mac ${changes.mac.toLowerCase()}`) failOn("the MAC address");
    if (changes.mtu !== "" && state.mtu !== `mtu ${changes.mtu}`) failOn("the MTU");
    if (changes.sysctls.some((pair) => !state.sysctls.includes(`sysctl ${pair}`))) failOn("a sysctl");
  }

  async gc(request: Request): Promise<void> {
    const valid = validAttachmentsOf(request).map(({ containerID, ifName }) =>
      this.recordFile({ network: request.network, id: containerID, ifName }),
    );
    await runScript(request.shell, REMOVE_STALE_RECORDS, this.recordDir(request.network), ...valid);
  }

  async status(): Promise<void> {
    // RC has no dependencies.
  }
}
