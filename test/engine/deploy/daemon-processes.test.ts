/** Processes of daemons in the output of /proc. */
import { expect, test } from "vitest";
import { processesOfPods, processesOfSessions } from "../../../engine/deploy/daemon-processes.ts";

test("all processes in the sessions of daemons are found, including their children", () => {
  const stats = [
    "1 (perl) S 0 0 0 0 -1",
    "88 (etcd) S 52 88 88 0 -1",
    "90 (tail -c) 9) S 52 88 90 0 -1",
    "104 (flan (x) d) S 55 104 104 0 -1",
    "105 (iptables) R 104 104 104 0 -1",
  ];
  expect(processesOfSessions(`4096\n88\n104\n\n${stats.join("\n")}\n`)).toEqual({
    pids: [88, 104, 105],
    pageSize: 4096,
  });
  expect(processesOfSessions(`4096\n\n${stats.join("\n")}\n`)).toEqual({ pids: [], pageSize: 4096 });
});

test("the processes of pods are found with both cgroup drivers of the kubelet", () => {
  const text = `16384
/proc/1/cgroup:0::/init.scope
/proc/20/cgroup:0::/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-podaaaa_bbbb.slice/cri-containerd-1.scope
/proc/21/cgroup:12:cpu,cpuacct:/kubepods/besteffort/podaaaa-bbbb/2
/proc/21/cgroup:0::/kubepods/besteffort/podaaaa-bbbb/2
/proc/22/cgroup:0::/kubepods/podcccc-dddd/3
`;
  expect(processesOfPods(text, ["aaaa-bbbb"])).toEqual({ pids: [20, 21], pageSize: 16384 });
  expect(processesOfPods(text, [])).toEqual({ pids: [], pageSize: 16384 });
});
