import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Addresses } from "./addresses.ts";
import { containerdSocket } from "./containerd.ts";
import type { Daemon, Start } from "./daemons.ts";
import type { Keys } from "./keys.ts";
import { cniPlugins } from "./requirements.ts";

export const nodeName = "node1";
export interface NodeFiles {
  folder: string;
  keys: Keys;
  addresses: Addresses;
  cgroupRoot: string;
}

/** containerd with runc and the CNI plugins of the distribution. */
export function startContainerd(start: Start, { folder, addresses }: NodeFiles): Daemon {
  const network = {
    cniVersion: "0.4.0",
    name: "heaphound-test",
    plugins: [
      {
        type: "bridge",
        bridge: "pods0",
        isGateway: true,
        hairpinMode: true,
        ipam: {
          type: "host-local",
          dataDir: join(folder, "ipam"),
          ranges: [[{ subnet: addresses.pods }]],
          routes: [{ dst: "0.0.0.0/0" }],
        },
      },
      { type: "portmap", capabilities: { portMappings: true }, snat: true },
    ],
  };
  writeFileSync(join(folder, "cni/10-test.conflist"), JSON.stringify(network));
  const config = join(folder, "containerd.toml");
  writeFileSync(config, containerdConfig(join(folder, "cni")));
  return start("containerd", ["--config", config]);
}

function containerdConfig(networks: string): string {
  return `version = 2
[plugins."io.containerd.internal.v1.opt"]
  path = "/run/containerd/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:test"
  disable_apparmor = true
  # Without CAP_SYS_RESOURCE a lower score cannot be set, and runc fails.
  restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "${cniPlugins ?? ""}"
  conf_dir = "${networks}"
`;
}

export function startKubelet(start: Start, files: NodeFiles): Daemon {
  const { folder, keys, addresses } = files;
  const config = join(folder, "kubelet.json");
  writeFileSync(config, JSON.stringify(kubeletConfig(files)));
  return start("kubelet", [
    `--config=${config}`,
    `--kubeconfig=${keys.kubeconfig("node1")}`,
    `--hostname-override=${nodeName}`,
    `--node-ip=${addresses.node}`,
    `--cert-dir=${join(folder, "kubelet-certs")}`,
  ]);
}

function kubeletConfig({ folder, keys, addresses, cgroupRoot }: NodeFiles): object {
  return {
    kind: "KubeletConfiguration",
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    failCgroupV1: false,
    cgroupDriver: "cgroupfs",
    cgroupRoot,
    cgroupsPerQOS: true,
    enforceNodeAllocatable: ["pods"],
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: keys.file("ca.crt") },
    },
    authorization: { mode: "Webhook" },
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    failSwapOn: false,
    address: addresses.node,
    oomScoreAdj: 0,
    healthzBindAddress: "127.0.0.1",
    // The machine is shared with the tests themselves: only what is nearly full may evict pods.
    evictionHard: { "memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%" },
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    imageMinimumGCAge: "24h",
    resolvConf: "",
    clusterDomain: "cluster.local",
    clusterDNS: [addresses.node],
    volumePluginDir: join(folder, "volume-plugins"),
    nodeStatusUpdateFrequency: "5s",
    syncFrequency: "10s",
    // A container that was killed starts again after 2 s, not 10: fewer minutes in tests of crashes.
    crashLoopBackOff: { maxContainerRestartPeriod: "2s" },
    featureGates: { KubeletCrashLoopBackOffMax: true },
  };
}

export function startProxy(start: Start, { folder, keys, addresses }: NodeFiles): void {
  const config = join(folder, "proxy.json");
  const settings = {
    kind: "KubeProxyConfiguration",
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    mode: "nftables",
    clientConnection: { kubeconfig: keys.kubeconfig("proxy") },
    clusterCIDR: addresses.pods,
    bindAddress: addresses.node,
    healthzBindAddress: "127.0.0.1:10256",
    metricsBindAddress: "127.0.0.1:10249",
    // The table of connections belongs to the whole machine; its limits are left alone.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
    oomScoreAdj: 0,
  };
  writeFileSync(config, JSON.stringify(settings));
  start("kube-proxy", [`--config=${config}`, `--hostname-override=${nodeName}`]);
}
