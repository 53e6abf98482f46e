import { PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { orNone, type Cluster } from "../cluster/client.js";

/** Writes `bundle` into every webhook of the configuration that has another. No configuration: nothing to do. */
export async function trustBundle({ admission }: Cluster, name: string, bundle: string): Promise<void> {
  const caBundle = Buffer.from(bundle).toString("base64");
  const present = await orNone(admission.readMutatingWebhookConfiguration({ name }));
  const patch = (present?.webhooks ?? []).flatMap(({ clientConfig }, index) =>
    clientConfig.caBundle === caBundle
      ? []
      : [{ op: "add", path: `/webhooks/${index}/clientConfig/caBundle`, value: caBundle }],
  );
  if (patch.length === 0) return;
  const version = present?.metadata?.resourceVersion;
  const body = [{ op: "test", path: "/metadata/resourceVersion", value: version }, ...patch];
  const options = setHeaderOptions("Content-Type", PatchStrategy.JsonPatch);
  await admission.patchMutatingWebhookConfiguration({ name, body }, options);
}
