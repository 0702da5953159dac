/** Security contexts that every Pod Security level admits (Kubernetes, "Pod Security Standards"). */

/** The usual unprivileged user. Any UID except 0 would do. */
const NOBODY_UID = 65534;

/**
 * `securityContext` of a pod that does not use the host network. The sysctl, which kubelets consider safe, allows its
 * user to ping.
 */
export const RESTRICTED_POD = {
  runAsNonRoot: true,
  runAsUser: NOBODY_UID,
  seccompProfile: { type: "RuntimeDefault" },
  sysctls: [{ name: "net.ipv4.ping_group_range", value: "0 2147483647" }],
} as const;

/** `securityContext` of the containers of such a pod. */
export const RESTRICTED_CONTAINER = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } } as const;
