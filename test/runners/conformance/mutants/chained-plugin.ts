/** RC: MAC, MTU and sysctls of an interface that is there, and a firewall rule; what it changed it remembers and undoes. */
import { isObject } from "../../../../cni/json.ts";
import type { CniResult } from "../../../../cni/types.ts";
import { wrapShell } from "../../../../core/wrap.ts";
import type { Shell } from "../../../../core/shell.ts";
import { ADD_RULE, APPLY, COLLECT, RECORD, REMOVE_RULE, RULES, SHOW, UNDO } from "./chained-scripts.ts";
import { script } from "./command.ts";
import { hash } from "./interface-plugin.ts";
import { Plugin, Refusal, prevResultOf, textOf, validOf, wholeOf, type Request } from "./protocol.ts";

/** What the configuration and the runtime ask for; empty: leave it. */
export interface Wish {
  readonly mac: string;
  readonly mtu: string;
  /** `name=value`, the name without `net.`-dots: as under /proc/sys. */
  readonly sysctls: readonly string[];
  /** A firewall rule. */
  readonly rule: boolean;
}

const MAC = /^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/i;

export class ChainedPlugin extends Plugin {
  wishOf({ config }: Request): Wish {
    const runtime = isObject(config.runtimeConfig) ? config.runtimeConfig : {};
    const mac = textOf(runtime.mac) || textOf(config.mac);
    if (mac !== "" && !MAC.test(mac)) throw new Refusal(7, `the MAC "${mac}" is none`);
    const sysctls = Object.entries(isObject(config.sysctl) ? config.sysctl : {});
    if (sysctls.some(([name]) => !/^net\.[\w./-]+$/.test(name) || name.includes("..")))
      throw new Refusal(7, "a sysctl is none of net.");
    return {
      mac,
      mtu: config.mtu === undefined ? "" : String(wholeOf(config.mtu)),
      sysctls: sysctls.map(([name, value]) => `${name.replaceAll(".", "/")}=${textOf(value)}`),
      rule: config.rule === true,
    };
  }

  asksNothing({ mac, mtu, sysctls, rule }: Wish): boolean {
    return mac === "" && mtu === "" && sysctls.length === 0 && !rule;
  }

  /** Where the values before ADD are kept. */
  recordOf({ network, id, ifName }: Pick<Request, "network" | "id" | "ifName">): string {
    return `${this.folderOf(network)}/${hash(`${id} ${ifName}`).slice(0, 16)}`;
  }

  folderOf(network: string): string {
    return `/var/lib/cni/rc/${network}`;
  }

  inside({ shell, netns }: Request): Shell {
    return wrapShell(shell, "container", ["nsenter", `--net=${netns}`, "--"]);
  }

  async add(request: Request): Promise<CniResult> {
    const prev = prevResultOf(request);
    if (prev === null) throw new Refusal(7, "a chained plugin needs prevResult");
    const wish = this.wishOf(request);
    if (this.asksNothing(wish)) return prev;
    await this.remember(request, wish);
    try {
      await this.apply(request, wish);
      if (wish.rule) await script(request.shell, ADD_RULE, this.tagOf(request));
    } catch (error) {
      await this.undo(request);
      throw error;
    }
    return this.changed(prev, request, wish);
  }

  /** The values that will be changed, in a file that also says whose they are. */
  async remember(request: Request, wish: Wish): Promise<void> {
    const names = wish.sysctls.map((pair) => pair.slice(0, pair.indexOf("=")));
    const seen = await script(this.inside(request), SHOW, request.ifName, ...names);
    await script(request.shell, RECORD, this.recordOf(request), `${request.id} ${request.ifName}`, ...seen);
  }

  async apply(request: Request, { mac, mtu, sysctls }: Wish): Promise<void> {
    await script(this.inside(request), APPLY, request.ifName, mac, mtu, ...sysctls);
  }

  changed(prev: CniResult, { ifName, netns }: Request, { mac, mtu }: Wish): CniResult {
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
  async undo(request: Request): Promise<void> {
    if (request.config.rule === true) await script(request.shell, REMOVE_RULE, this.tagOf(request));
    await script(request.shell, UNDO, this.recordOf(request), request.netns, request.ifName);
  }

  async del(request: Request): Promise<void> {
    await this.undo(request);
  }

  async check(request: Request): Promise<void> {
    if (prevResultOf(request) === null) throw new Refusal(7, "CHECK needs prevResult");
    const wish = this.wishOf(request);
    if (this.asksNothing(wish)) return;
    const names = wish.sysctls.map((pair) => pair.slice(0, pair.indexOf("=")));
    const [mac = "", mtu = "", ...sysctls] = await script(this.inside(request), SHOW, request.ifName, ...names);
    this.compare(wish, { mac, mtu, sysctls });
    if (wish.rule && !(await this.hasRule(request))) throw new Refusal(131, "the firewall rule is gone");
  }

  /** Its own, and the way to it. */
  async hasRule(request: Request): Promise<boolean> {
    const rules = await script(request.shell, RULES);
    const jump = await request.shell.exec(["iptables", "-w", "-C", "FORWARD", "-j", "CNI-RC"]);
    return (
      jump.exitCode === 0 &&
      rules.some(
        (rule) =>
          rule.includes(`--comment "${this.tagOf(request)}" `) || rule.includes(`--comment ${this.tagOf(request)} `),
      )
    );
  }

  compare(wish: Wish, seen: { readonly mac: string; readonly mtu: string; readonly sysctls: readonly string[] }): void {
    const wrong = (what: string): never => {
      throw new Refusal(130, `${what} is not as it was made`);
    };
    if (wish.mac !== "" && seen.mac !== `mac ${wish.mac.toLowerCase()}`) wrong("the MAC");
    if (wish.mtu !== "" && seen.mtu !== `mtu ${wish.mtu}`) wrong("the MTU");
    if (wish.sysctls.some((pair) => !seen.sysctls.includes(`sysctl ${pair}`))) wrong("a sysctl");
  }

  async gc(request: Request): Promise<void> {
    const valid = validOf(request).map(({ containerID, ifName }) =>
      this.recordOf({ network: request.network, id: containerID, ifName }),
    );
    await script(request.shell, COLLECT, this.folderOf(request.network), ...valid);
  }

  async status(): Promise<void> {
    // It depends on nothing.
  }
}
