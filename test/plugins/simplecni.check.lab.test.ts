import { describe, expect, it, vi } from "vitest";
import { IPAM_CONFIG, LEASES, expectRefused, useLab } from "./simplecni-lab.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 });
const lab = useLab();

interface Result {
  interfaces: { name: string; mac: string; sandbox?: string }[];
  ips: { address: string; interface: number; gateway: string }[];
  routes: object[];
}

const add = async (call = {}): Promise<Result> => (await lab().add(call)) as unknown as Result;

describe("CHECK", () => {
  const HOST = "$(ip -o link show type veth | sed 's/^[0-9]*: \\([^@]*\\)@.*/\\1/')";
  // The kernel removes the links of a namespace shortly after the namespace.
  const REMOVE = "ip netns del c1; while ip link show type veth | grep -q .; do sleep 0.01; done";
  const DAMAGE: readonly [name: string, damage: string, repair: string][] = [
    ["link deleted", "ip -n c1 link del eth0", ""],
    ["link renamed", "ip -n c1 link set eth0 name x", "ip -n c1 link set x name eth0"],
    [
      "link down",
      "ip -n c1 link set eth0 down",
      "ip -n c1 link set eth0 up; ip -n c1 route add default via 10.244.1.1",
    ],
    [
      "different MAC",
      "ip -n c1 link set eth0 address 02:00:00:00:00:09",
      "ip -n c1 link set eth0 address 0a:58:0a:f4:01:02",
    ],
    ["different MTU", "ip -n c1 link set eth0 mtu 1400", "ip -n c1 link set eth0 mtu 1500"],
    ["address removed", "ip -n c1 addr flush dev eth0", ""],
    ["different prefix", "ip -n c1 addr add 10.244.1.2/25 dev eth0; ip -n c1 addr del 10.244.1.2/24 dev eth0", ""],
    ["default route removed", "ip -n c1 route del default", "ip -n c1 route add default via 10.244.1.1"],
    [
      "different gateway",
      "ip -n c1 route replace default via 10.244.1.9",
      "ip -n c1 route replace default via 10.244.1.1",
    ],
    ["host end down", `ip link set ${HOST} down`, `ip link set ${HOST} up`],
    ["host end removed from the bridge", `ip link set ${HOST} nomaster`, `ip link set ${HOST} master simplecni0`],
    ["bridge down", "ip link set simplecni0 down", "ip link set simplecni0 up"],
    ["bridge deleted", "ip link del simplecni0", ""],
    ["gateway address removed", "ip addr flush dev simplecni0", "ip addr add 10.244.1.1/24 dev simplecni0"],
    ["forwarding disabled", "echo 0 > /proc/sys/net/ipv4/ip_forward", "echo 1 > /proc/sys/net/ipv4/ip_forward"],
    ["lease removed", `rm ${LEASES}/simplecni/*`, `echo c1 eth0 > ${LEASES}/simplecni/10.244.1.2`],
    [
      "lease of another container",
      `echo c9 eth0 > ${LEASES}/simplecni/10.244.1.2`,
      `echo c1 eth0 > ${LEASES}/simplecni/10.244.1.2`,
    ],
    ["namespace replaced", `${REMOVE}; ip netns add c1`, ""],
    ["namespace removed", REMOVE, ""],
  ];

  it.each(DAMAGE)("detects: %s", async (_, damage, repair) => {
    const prevResult = await add();
    await lab().sh(damage);
    const before = await lab().state();
    const answer = await lab().cni("CHECK", { conf: { prevResult } });
    expect(answer.code, answer.stdout).toBe(1);
    expect([100, 102]).toContain(answer.json?.["code"]);
    expect(await lab().state()).toBe(before);
    if (repair === "") return;
    await lab().sh(repair);
    expect(await lab().cni("CHECK", { conf: { prevResult } })).toMatchObject({ code: 0, stdout: "" });
  });

  it("requires prevResult and compares it", async () => {
    const good = await add();
    expectRefused(await lab().cni("CHECK"), 7, "prevResult");
    const [bridge, host, pod] = good.interfaces;
    const bad = [
      {},
      { ...good, ips: [] },
      { ...good, ips: [{ ...good.ips[0], address: "10.244.1.250/24" }] },
      { ...good, ips: [...good.ips, { address: "10.244.1.250/24", interface: 2 }] },
      { ...good, interfaces: [bridge, host, { ...pod, name: "eth7" }] },
      { ...good, interfaces: [...good.interfaces, { name: "eth7", sandbox: "/run/netns/c1" }] },
      { ...good, ips: [{ ...good.ips[0], gateway: "10.244.1.9" }] },
    ];
    for (const prevResult of bad) expectRefused(await lab().cni("CHECK", { conf: { prevResult } }), 102);
    for (const id of ["c9", "c"]) expectRefused(await lab().cni("CHECK", { id, conf: { prevResult: good } }), 102);
  });

  it("accepts changes by later plugins: MAC, moved routes, additional links, addresses and routes", async () => {
    const result = await add();
    const mac = "02:00:00:00:00:09";
    await lab().sh(`
      ip -n c1 link set eth0 address ${mac}
      ip -n c1 route del default
      ip -n c1 route add default via 10.244.1.1 dev eth0 table 100
      ip -n c1 rule add from 10.244.1.0/24 lookup 100
      ip -n c1 route add 10.9.0.0/16 via 10.244.1.1
      ip -n c1 link add ifb0 type veth peer name y
      ip -n c1 addr add 10.9.1.1/16 dev ifb0`);
    const prevResult = {
      ...result,
      interfaces: [
        ...result.interfaces.map((link) => (link.sandbox ? { ...link, mac } : link)),
        { name: "ifb0", sandbox: "/run/netns/c1" },
      ],
      ips: [...result.ips, { address: "10.9.1.1/16", interface: 3 }],
      routes: [...result.routes, { dst: "10.9.0.0/16", gw: "10.244.1.1" }],
    };
    expect(await lab().cni("CHECK", { conf: { prevResult } })).toMatchObject({ code: 0, stdout: "" });
  });

  it("passes while other pods are added and deleted, and without ipam.config", async () => {
    const prevResult = await add();
    for (const command of ["ADD", "DEL"]) {
      await lab().cni(command, { id: "c2", netns: "/run/netns/c2" });
      expect((await lab().cni("CHECK", { conf: { prevResult } })).code).toBe(0);
    }
    await lab().sh(`rm ${IPAM_CONFIG}`);
    expect((await lab().cni("CHECK", { conf: { prevResult } })).code).toBe(0);
  });
});

describe("GC", () => {
  const none = { CNI_CONTAINERID: undefined, CNI_NETNS: "", CNI_IFNAME: undefined };
  const gc = (keys: object) => lab().cni("GC", { env: none, conf: { ...keys } });
  const valid = (...ids: string[]) => ids.map((id) => ({ containerID: id.split(" ")[0], ifname: id.split(" ")[1] }));

  it.each(["cni.dev/valid-attachments", "cni.dev/attachments"])(
    "releases attachments that %s does not list, by container and interface",
    async (key) => {
      const prevResult = await add();
      await add({ ifname: "eth1" });
      await add({ id: "c2", netns: "/run/netns/c2", conf: { name: "other" } });
      for (let time = 0; time < 2; time++) {
        expect(await gc({ [key]: valid("c1 eth0", "c10 eth1") })).toMatchObject({ code: 0, stdout: "" });
        expect(await lab().leases()).toEqual(["./other/10.244.1.4", "./simplecni/10.244.1.2"]);
      }
      expect(await lab().sh("ip -n c1 -br link show type veth | wc -l; ip -br link show type veth | wc -l")).toBe(
        "1\n2",
      );
      expect((await lab().cni("CHECK", { conf: { prevResult } })).code).toBe(0);
      expect((await lab().cni("DEL", { ifname: "eth1" })).code).toBe(0);
    },
  );

  it("releases the entire network for an empty list, and prefers valid-attachments if both are given", async () => {
    await add();
    await gc({ "cni.dev/valid-attachments": valid("c1 eth0"), "cni.dev/attachments": [] });
    expect(await lab().leases()).toHaveLength(1);
    await gc({ "cni.dev/valid-attachments": [] });
    expect(await lab().leases()).toEqual([]);
    await add();
  });

  it("rejects a missing or invalid list and releases nothing", async () => {
    await add();
    for (const keys of [
      {},
      { "cni.dev/valid-attachments": "x" },
      { "cni.dev/valid-attachments": [{ containerID: 1, ifname: "eth0" }] },
      { "cni.dev/valid-attachments": [{}] },
    ])
      expectRefused(await gc(keys), 7, "valid-attachments");
    expect(await lab().leases()).toHaveLength(1);
  });

  it("continues after a lease that cannot be removed and reports it", async () => {
    await add();
    await lab().sh(`mkdir ${LEASES}/simplecni/10.244.1.1x`);
    expectRefused(await gc({ "cni.dev/valid-attachments": [] }), 100, "10.244.1.1x");
    expect(await lab().sh(`ls ${LEASES}/simplecni`)).toBe("10.244.1.1x");
  });
});

describe("STATUS", () => {
  it("succeeds on a fresh and a used node and changes nothing", async () => {
    const unchanged = async (): Promise<void> => {
      const before = await lab().state();
      expect(await lab().cni("STATUS", { id: "", netns: "", ifname: "" })).toMatchObject({ code: 0, stdout: "" });
      expect(await lab().state()).toBe(before);
    };
    await unchanged();
    await add();
    await unchanged();
  });

  it("fails with code 50 without a valid range or without the tools", async () => {
    expect(await lab().plugin(`PATH=/none CNI_COMMAND=STATUS "$0" <<<'{}' || true`)).toMatch(/"code":50,.*jq/);
    for (const damage of [`echo '{"Subnet":5}' > ${IPAM_CONFIG}`, `rm ${IPAM_CONFIG}`]) {
      await lab().sh(damage);
      expectRefused(await lab().cni("STATUS"), 50, IPAM_CONFIG);
    }
  });

  it("fails with code 51 if pods are disconnected", async () => {
    await add();
    await lab().sh("ip link set simplecni0 down");
    expectRefused(await lab().cni("STATUS"), 51, "simplecni0");
    await lab().sh("ip link set simplecni0 up; echo 0 > /proc/sys/net/ipv4/ip_forward");
    expectRefused(await lab().cni("STATUS"), 51, "ip_forward");
  });
});
