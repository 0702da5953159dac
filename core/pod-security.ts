/** The security of the pods that cnibench makes: what every level of Pod Security admits (Kubernetes, "Pod Security Standards"). */

/** Nobody: any user but root. */
const NOBODY_UID = 65534;

/** `securityContext` of a pod in a network of its own. Its user may ping: the group range is a sysctl that kubelets call safe. */
export const RESTRICTED_POD = {
  runAsNonRoot: true,
  runAsUser: NOBODY_UID,
  seccompProfile: { type: "RuntimeDefault" },
  sysctls: [{ name: "net.ipv4.ping_group_range", value: "0 2147483647" }],
} as const;

/** `securityContext` of its containers. */
export const RESTRICTED_CONTAINER = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } } as const;
