/** Address of the API server inside a cluster, through its service. */
export const API_SERVER_SERVICE = { host: "kubernetes.default.svc", port: 443 } as const;
