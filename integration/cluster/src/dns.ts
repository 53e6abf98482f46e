// The cluster's DNS: A records of services (SERVICE.NAMESPACE.svc.cluster.local) and of the pods behind headless ones.
// node dns.ts LISTEN KUBECONFIG
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { readQuestion, typeA, writeAnswer } from "./dns-message.ts";

interface KubeConfig {
  clusters: { cluster: { server: string; "certificate-authority": string } }[];
  users: { user: { token: string } }[];
}
interface Service {
  spec: { clusterIP?: string };
}
interface EndpointSlices {
  items: { endpoints?: { addresses: string[]; hostname?: string; conditions?: { ready?: boolean } }[] }[];
}

const [, , listen = "", kubeconfig = ""] = process.argv;
const config = JSON.parse(readFileSync(kubeconfig, "utf8")) as KubeConfig;
const { server, "certificate-authority": caFile } = config.clusters[0]!.cluster;
const agent = new Agent({ keepAlive: true, ca: readFileSync(caFile) });
const headers = { authorization: `Bearer ${config.users[0]!.user.token}` };

/** undefined: the API server has no such object. */
function get<T>(path: string): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(server + path, { agent, headers, timeout: 5000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        if (response.statusCode === 404) return resolve(undefined);
        if (response.statusCode !== 200) return reject(new Error(`${path}: status ${response.statusCode ?? "?"}`));
        resolve(JSON.parse(Buffer.concat(chunks).toString()) as T);
      });
    });
    asked.on("timeout", () => asked.destroy(new Error(`${path}: no answer`)));
    asked.on("error", reject);
    asked.end();
  });
}

async function lookUp(name: string): Promise<string[] | undefined> {
  const parts = /^(?:([^.]+)\.)?([^.]+)\.([^.]+)\.svc\.cluster\.local$/.exec(name);
  if (!parts) return undefined;
  const [, pod, service, namespace] = parts;
  const found = await get<Service>(`/api/v1/namespaces/${namespace!}/services/${service!}`);
  if (!found) return undefined;
  const { clusterIP } = found.spec;
  if (clusterIP !== undefined && clusterIP !== "None") return pod === undefined ? [clusterIP] : undefined;
  const selector = encodeURIComponent(`kubernetes.io/service-name=${service!}`);
  const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace!}/endpointslices?labelSelector=${selector}`;
  const slices = await get<EndpointSlices>(path);
  return (slices?.items ?? [])
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions, hostname }) => conditions?.ready === true && (pod === undefined || hostname === pod))
    .flatMap(({ addresses }) => addresses);
}

const socket = createSocket("udp4");
socket.on("message", (message, from) => {
  const question = readQuestion(message);
  if (!question) return;
  lookUp(question.name)
    .then((addresses) => writeAnswer(question, question.type === typeA ? addresses : addresses && []))
    .then((answer) => socket.send(answer, from.port, from.address))
    // Without an answer the asker tries again.
    .catch((error: unknown) => console.error(question.name, error));
});
socket.bind(53, listen, () => console.log("listening"));
