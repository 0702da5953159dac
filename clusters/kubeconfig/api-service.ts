/** Where the API server is to be found from inside a cluster, by its service. */
export const API_SERVER_SERVICE = { host: "kubernetes.default.svc", port: 443 } as const;
