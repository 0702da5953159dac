/** RC: MAC, MTU and sysctls of an interface that is there, and a firewall rule; what it changed it remembers and undoes. */
import { isObject } from "../../../../cni/json.ts";
import type { CniResult } from "../../../../cni/types.ts";
import { wrapShell } from "../../../../core/wrap.ts";
import type { Shell } from "../../../../core/shell.ts";
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

/** What the configuration and the runtime ask for; empty: leave it. */
export interface RequestedChanges {
  readonly mac: string;
  readonly mtu: string;
  /** `name=value`, the name without `net.`-dots: as under /proc/sys. */
  readonly sysctls: readonly string[];
  /** A firewall rule. */
  readonly rule: boolean;
}

const MAC = /^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/i;

export class ChainedPlugin extends Plugin {
  requestedChanges({ config }: Request): RequestedChanges {
    const runtime = isObject(config.runtimeConfig) ? config.runtimeConfig : {};
    const mac = stringOf(runtime.mac) || stringOf(config.mac);
    if (mac !== "" && !MAC.test(mac)) throw new PluginError(7, `the MAC "${mac}" is none`);
    const sysctls = Object.entries(isObject(config.sysctl) ? config.sysctl : {});
    if (sysctls.some(([name]) => !/^net\.[\w./-]+$/.test(name) || name.includes("..")))
      throw new PluginError(7, "a sysctl is none of net.");
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

  /** Where the values before ADD are kept. */
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
    if (prev === null) throw new PluginError(7, "a chained plugin needs prevResult");
    const wish = this.requestedChanges(request);
    if (this.isNoChange(wish)) return prev;
    await this.recordState(request, wish);
    try {
      await this.apply(request, wish);
      if (wish.rule) await runScript(request.shell, ADD_RULE, this.tagOf(request));
    } catch (error) {
      await this.restore(request);
      throw error;
    }
    return this.updatedResult(prev, request, wish);
  }

  /** The values that will be changed, in a file that also says whose they are. */
  async recordState(request: Request, wish: RequestedChanges): Promise<void> {
    const names = wish.sysctls.map((pair) => pair.slice(0, pair.indexOf("=")));
    const seen = await runScript(this.containerShell(request), SHOW_STATE, request.ifName, ...names);
    await runScript(request.shell, WRITE_RECORD, this.recordFile(request), `${request.id} ${request.ifName}`, ...seen);
  }

  async apply(request: Request, { mac, mtu, sysctls }: RequestedChanges): Promise<void> {
    await runScript(this.containerShell(request), APPLY_CHANGES, request.ifName, mac, mtu, ...sysctls);
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

  /** Nothing is left to be undone in a container that is gone. */
  async restore(request: Request): Promise<void> {
    if (request.config.rule === true) await runScript(request.shell, REMOVE_RULE, this.tagOf(request));
    await runScript(request.shell, RESTORE_STATE, this.recordFile(request), request.netns, request.ifName);
  }

  async del(request: Request): Promise<void> {
    await this.restore(request);
  }

  async check(request: Request): Promise<void> {
    if (prevResultOf(request) === null) throw new PluginError(7, "CHECK needs prevResult");
    const wish = this.requestedChanges(request);
    if (this.isNoChange(wish)) return;
    const names = wish.sysctls.map((pair) => pair.slice(0, pair.indexOf("=")));
    const [mac = "", mtu = "", ...sysctls] = await runScript(
      this.containerShell(request),
      SHOW_STATE,
      request.ifName,
      ...names,
    );
    this.compareState(wish, { mac, mtu, sysctls });
    if (wish.rule && !(await this.hasRule(request))) throw new PluginError(131, "the firewall rule is gone");
  }

  /** Its own, and the way to it. */
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
    wish: RequestedChanges,
    seen: { readonly mac: string; readonly mtu: string; readonly sysctls: readonly string[] },
  ): void {
    const wrong = (what: string): never => {
      throw new PluginError(130, `${what} is not as it was made`);
    };
    if (wish.mac !== "" && seen.mac !== `mac ${wish.mac.toLowerCase()}`) wrong("the MAC");
    if (wish.mtu !== "" && seen.mtu !== `mtu ${wish.mtu}`) wrong("the MTU");
    if (wish.sysctls.some((pair) => !seen.sysctls.includes(`sysctl ${pair}`))) wrong("a sysctl");
  }

  async gc(request: Request): Promise<void> {
    const valid = validAttachmentsOf(request).map(({ containerID, ifName }) =>
      this.recordFile({ network: request.network, id: containerID, ifName }),
    );
    await runScript(request.shell, REMOVE_STALE_RECORDS, this.recordDir(request.network), ...valid);
  }

  async status(): Promise<void> {
    // It depends on nothing.
  }
}
