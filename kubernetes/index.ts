/**
 * The Kubernetes library: a client on top of kubectl, and the objects, pods, services and installations that plugins,
 * clusters, runners and deployments share.
 */
export { Kubectl, type ClusterAccess } from "./client.ts";
export { loginFailure } from "./login-failure.ts";
export { isObjectName } from "./pull-secrets.ts";
export { openProxy, type ApiConnection } from "./proxy.ts";
export { toolProblems } from "./tool-versions.ts";
export { discoverResourceNames, guessResourceName } from "./resource-names.ts";
export { deniedPermissions, describePermission, type Permission } from "./permissions.ts";

// Objects: their types, reading those of the API, and building new ones.
export type * from "./api-types.ts";
export {
  nameOf,
  readConditions,
  readConfigMap,
  readContainers,
  readNode,
  readObject,
  readPod,
  readyCondition,
  type NodeState,
  type PodState,
} from "./read.ts";
export {
  daemonSetObject,
  envFromField,
  hostDirectory,
  hostFile,
  networkPolicyObject,
  objectList,
  serviceAccountObjects,
  serviceObject,
} from "./objects/builders.ts";
export { DEFAULT_LOAD_IMAGE, NODE_ROOT, podObject, podSpec, type PodAccess } from "./objects/pod.ts";

// Objects of a deployment, which exist until its end.
export {
  createNamespaces,
  createPodNamespace,
  deleteNamespaces,
  MANAGED_BY_LABEL,
  namespaceObject,
  OWNER_ANNOTATIONS,
  uniqueNamespaceName,
} from "./namespaces.ts";
export {
  connectPods,
  createEndpointPods,
  findInterface,
  startPods,
  waitForPods,
  type KubernetesPod,
  type PodNamespace,
  type PodRequest,
  type StartedPod,
} from "./pods.ts";
export { explainPods } from "./pod-diagnosis.ts";
export { Services } from "./services.ts";
export { BackgroundObjectScaler } from "./background-objects.ts";

// Installing and uninstalling a plugin.
export { installChart, renderChart, uninstallChart, type HelmChart } from "./install/helm.ts";
export { deniedInstallPermissions } from "./install/install-permissions.ts";
export { fetchManifest, patchManifest, type ManifestChanges, type PublishedManifest } from "./install/manifest.ts";
export { waitForNameServer, waitForNodeFiles, waitForReadyNodes, waitForRollout } from "./install/ready.ts";
export { deleteObjects, deleteStrandedPods } from "./install/uninstall.ts";
