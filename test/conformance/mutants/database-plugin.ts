/** RP with one file for all leases, in a directory that no convention names, and a pool that the suite cannot set. */
import { isObject } from "../../../cni/lossless-json.ts";
import { parseRange, type AddressRange } from "./address-range.ts";
import { IpamPlugin, type Lease } from "./ipam-plugin.ts";
import { PluginError, stringOf, type Request } from "./protocol.ts";

/** Configuration of the plugin under test. */
export const DATABASE_CONFIG = { ipam: { type: "rp", pool: "10.97.0.0/24", routes: [{ dst: "0.0.0.0/0" }] } };

/** Every lease is a line: network, address, owner. The log mentions containers forever. */
const FILES = `mkdir -p /srv/rp; cd /srv/rp; exec 9>lock; flock 9; : >>leases
echo "$(cat /proc/sys/kernel/random/uuid) $1" >>log`;

/** OWNER NETWORK ADDRESS...: reserves the first free address. */
const RESERVE = `${FILES}
owner=$1 network=$2; shift 2
for ip; do grep -q "^$network $ip " leases || { echo "$network $ip $owner" >>leases; echo "$ip"; exit; }; done; exit 1`;

/** OWNER NETWORK ADDRESS...: releases the addresses. */
const RELEASE = `${FILES}
network=$2; shift 2
for ip; do grep -v "^$network $ip " leases >new; mv new leases; done; true`;

export class DatabasePlugin extends IpamPlugin {
  override async leases({ shell, network }: Request): Promise<readonly Lease[]> {
    const { stdout } = await shell.exec(["sh", "-c", "cat /srv/rp/leases 2>/dev/null"]);
    return stdout.split("\n").flatMap((line) => {
      const [of, address = "", ...owner] = line.split(" ");
      return of === network && address !== "" ? [{ address, owner: owner.join(" ") }] : [];
    });
  }

  override async reserve(request: Request, addresses: readonly string[]): Promise<string> {
    const { stdout, exitCode } = await this.#run(request, RESERVE, addresses);
    if (exitCode !== 0) throw new PluginError(100, "no address is free");
    return stdout.trim();
  }

  override async release(request: Request, addresses: readonly string[]): Promise<void> {
    await this.#run(request, RELEASE, addresses);
  }

  override rangesOf({ config }: Request): readonly AddressRange[] {
    return [parseRange({ subnet: isObject(config.ipam) ? stringOf(config.ipam.pool) : "" })];
  }

  #run(request: Request, script: string, addresses: readonly string[]): ReturnType<Request["shell"]["exec"]> {
    return request.shell.exec(["sh", "-c", script, "sh", this.ownerOf(request), request.network, ...addresses]);
  }
}
