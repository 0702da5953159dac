/** The permissions that every run on an existing cluster needs. They are checked before anything is created. */
import type { Permission } from "../../kubernetes/index.ts";

const POLICY_GROUP = "networking.k8s.io";

/** The permissions that a run with pull secrets needs in addition. */
export const PULL_SECRET_PERMISSIONS: readonly Permission[] = [
  { verb: "create", resource: "secrets", purpose: "to copy the pull secrets into the namespaces of cnibench" },
  { verb: "patch", resource: "serviceaccounts", purpose: "to give the pull secrets to the pods" },
];

export const RUN_PERMISSIONS: readonly Permission[] = [
  { verb: "list", resource: "nodes", purpose: "to choose nodes" },
  { verb: "list", resource: "daemonsets", group: "apps", purpose: "to detect the installed plugin" },
  { verb: "create", resource: "namespaces", purpose: "to create objects in separate namespaces" },
  { verb: "list", resource: "namespaces", purpose: "to find leftovers of earlier runs" },
  { verb: "delete", resource: "namespaces", purpose: "to remove everything at the end" },
  { verb: "list", resource: "serviceaccounts", purpose: "to detect when a namespace is ready" },
  { verb: "create", resource: "pods", purpose: "to run the load" },
  { verb: "list", resource: "pods", purpose: "to detect when pods run" },
  { verb: "create", resource: "pods", subresource: "exec", purpose: "to run the load tools in pods" },
  { verb: "delete", resource: "pods", purpose: "to delete background pods" },
  ...["create", "get", "list", "delete"].map((verb) => ({
    verb,
    resource: "services",
    purpose: "to measure the service paths",
  })),
  ...["create", "list", "delete", "deletecollection"].map((verb) => ({
    verb,
    resource: "networkpolicies",
    group: POLICY_GROUP,
    purpose: "to check network policies",
  })),
  ...["create", "patch"].map((verb) => ({
    verb,
    resource: "deployments",
    group: "apps",
    purpose: "to measure rolling updates",
  })),
];
