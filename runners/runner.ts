/** Contract of a runner: how one thing is measured on a deployment that stands. */
import type { CniRuntime } from "../cni/runtime.ts";
import type { NetworkConfigList } from "../cni/conf.ts";
import type { CheckResult, Endpoint, MetricName, Node, Path, Warning } from "../core/model.ts";
import type { ParamSpec } from "../suites/suite.ts";
