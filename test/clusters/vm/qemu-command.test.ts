import { describe, expect, test } from "vitest";
import { bridgeBatch } from "../../../clusters/vm/bridges.ts";
import { qemuArgv, socketPaths, type QemuLaunch } from "../../../clusters/vm/qemu-command.ts";
import { platformOf } from "../../../clusters/vm/platform.ts";

const LAUNCH: QemuLaunch = {
  label: "cnibench-vm-1-node1",
  index: 1,
  nodes: 3,
  platform: platformOf("x64"),
  acceleration: "tcg",
  image: { disk: "/c/root.img", format: "raw", root: "/dev/vda", kernel: "/c/vmlinuz", initrd: "/c/initrd" },
  machine: { memory: 512 * 2 ** 20, cpus: 2, nics: 2, underlay: "sockets" },
  seed: "/f/node1.tar",
  socketDir: "/f",
  enterCommand: [],
  port: 4022,
};
const values = (argv: readonly string[], option: string): string[] =>
  argv.flatMap((word, i) => (argv[i - 1] === option ? [word] : []));

test("a machine is killed with its parent, never writes to the shared disk, and does not reboot", () => {
  const argv = qemuArgv(LAUNCH);
  expect(argv.slice(0, 5)).toEqual(["setpriv", "--pdeathsig", "KILL", "--", "qemu-system-x86_64"]);
  expect(values(argv, "-drive")).toEqual([
    "file=/c/root.img,format=raw,if=virtio,snapshot=on",
    "file=/f/node1.tar,format=raw,if=virtio,readonly=on",
  ]);
  expect(argv).toContain("-no-reboot");
  expect(values(argv, "-append")[0]).toMatch(/^root=\/dev\/vda rw console=ttyS0 .*panic=-1 init=\/bin\/sh -- -c "/);
});

test.each([
  ["tcg", ["tcg,thread=multi"], ["max"]],
  ["kvm", ["kvm"], ["host"]],
] as const)("%s", (acceleration, accel, cpu) => {
  const argv = qemuArgv({ ...LAUNCH, acceleration });
  expect([values(argv, "-accel"), values(argv, "-cpu")]).toEqual([accel, cpu]);
});

test("tap interfaces belong to the bridges, and the machine runs in their namespace", () => {
  const argv = qemuArgv({
    ...LAUNCH,
    index: 2,
    enterCommand: ["nsenter", "--net"],
    machine: { ...LAUNCH.machine, underlay: "tap" },
  });
  expect(argv.slice(0, 3)).toEqual(["nsenter", "--net", "setpriv"]);
  const taps = values(argv, "-netdev").flatMap((netdev) => /^tap,.*ifname=([^,]+)/.exec(netdev)?.[1] ?? []);
  expect(taps).toEqual(["tap0-2", "tap1-2"]);
  for (const tap of taps)
    expect(bridgeBatch({ nodes: 3, nics: 2, mtu: 1500 })).toContain(`tuntap add dev ${tap} mode tap`);
});

describe("the networks between three nodes", () => {
  test("are hubs of the first node, one for each interface", () => {
    const argv = qemuArgv(LAUNCH);
    const servers = values(argv, "-netdev").filter((netdev) => netdev.includes("server=on"));
    expect(servers.map((netdev) => /path=(\S+)/.exec(netdev)?.[1])).toEqual(socketPaths("/f", 3, 2));
    for (const nic of [0, 1])
      expect(values(argv, "-netdev").filter((netdev) => netdev.includes(`hubid=${nic}`))).toHaveLength(3);
  });

  test("are reached by the other nodes through the sockets of the first node", () => {
    const paths = [2, 3].flatMap((index) =>
      values(qemuArgv({ ...LAUNCH, index }), "-netdev").flatMap(
        (netdev) => /server=off.*path=(\S+)/.exec(netdev)?.[1] ?? [],
      ),
    );
    expect(paths.sort()).toEqual([...socketPaths("/f", 3, 2)].sort());
  });

  test("have a unique MAC address for each interface of each node", () => {
    const macs = [1, 2, 3].flatMap((index) =>
      values(qemuArgv({ ...LAUNCH, index }), "-device").map((device) => /mac=([^,]+)/.exec(device)?.[1]),
    );
    expect(new Set(macs).size).toBe(3 * 3);
  });
});

test("the control channel listens on loopback only and is isolated from other networks", () => {
  const control = values(qemuArgv(LAUNCH), "-netdev").find((netdev) => netdev.startsWith("user,"));
  expect(control).toBe("user,id=control,restrict=on,ipv6=off,hostfwd=tcp:127.0.0.1:4022-10.0.2.15:22");
});

test("the initrd is optional, and commas in paths are escaped", () => {
  const argv = qemuArgv({ ...LAUNCH, image: { ...LAUNCH.image, initrd: null, disk: "/a,b/root.img" } });
  expect(argv).not.toContain("-initrd");
  expect(values(argv, "-drive")[0]).toContain("file=/a,,b/root.img,format=raw");
});
