import { readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import type { Addresses } from "./addresses.ts";
import { endedWhy, type Start } from "./daemons.ts";
import type { Keys } from "./keys.ts";
import { until } from "./until.ts";

const etcdUrl = "http://127.0.0.1:2379";
const etcdPeerUrl = "http://127.0.0.1:2380";

/** etcd and the API server; returns when it says that it is ready. */
export async function startApiServer(start: Start, keys: Keys, addresses: Addresses): Promise<void> {
  start("etcd", [
    `--data-dir=${join(keys.folder, "../etcd")}`,
    // The data lives as long as the cluster.
    "--unsafe-no-fsync",
    `--listen-client-urls=${etcdUrl}`,
    `--advertise-client-urls=${etcdUrl}`,
    `--listen-peer-urls=${etcdPeerUrl}`,
    `--initial-advertise-peer-urls=${etcdPeerUrl}`,
    `--initial-cluster=default=${etcdPeerUrl}`,
  ]);
  const { hostname, port } = new URL(addresses.api);
  const server = start("kube-apiserver", [
    `--etcd-servers=${etcdUrl}`,
    `--bind-address=${hostname}`,
    `--advertise-address=${hostname}`,
    `--secure-port=${port}`,
    `--tls-cert-file=${keys.file("api.crt")}`,
    `--tls-private-key-file=${keys.file("api.key")}`,
    `--client-ca-file=${keys.file("ca.crt")}`,
    `--token-auth-file=${keys.file("tokens.csv")}`,
    `--kubelet-client-certificate=${keys.file("kubelet-client.crt")}`,
    `--kubelet-client-key=${keys.file("kubelet-client.key")}`,
    "--kubelet-preferred-address-types=InternalIP",
    `--service-cluster-ip-range=${addresses.services}`,
    `--service-account-key-file=${keys.file("sa.key")}`,
    `--service-account-signing-key-file=${keys.file("sa.key")}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    "--authorization-mode=Node,RBAC",
    "--enable-admission-plugins=NodeRestriction",
    "--allow-privileged=true",
  ]);
  await until("the API server", () => isReady(keys, addresses), { hopeless: () => endedWhy(server) });
}

function isReady(keys: Keys, { api }: Addresses): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const asked = request(`${api}/readyz`, { ca: readFileSync(keys.file("ca.crt")), timeout: 5000, agent: false });
    asked.on("response", (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on("timeout", () => asked.destroy(new Error("no answer within 5 s")));
    asked.on("error", reject);
    asked.end();
  });
}

export function startControllers(start: Start, keys: Keys): void {
  const as = (user: "controller-manager" | "scheduler"): string[] => [
    `--kubeconfig=${keys.kubeconfig(user)}`,
    `--authentication-kubeconfig=${keys.kubeconfig(user)}`,
    `--authorization-kubeconfig=${keys.kubeconfig(user)}`,
    "--bind-address=127.0.0.1",
    `--cert-dir=${keys.file(user)}`,
    "--leader-elect=false",
  ];
  start("kube-controller-manager", [
    ...as("controller-manager"),
    "--use-service-account-credentials",
    `--service-account-private-key-file=${keys.file("sa.key")}`,
    `--root-ca-file=${keys.file("ca.crt")}`,
    // Its default lies in /usr and would be created there.
    `--flex-volume-plugin-dir=${keys.file("flex")}`,
    // Pods of a node that went away need not wait five minutes here.
    "--node-monitor-grace-period=60s",
  ]);
  start("kube-scheduler", as("scheduler"));
}
