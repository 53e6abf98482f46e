import { createServer, type Server, type ServerResponse } from "node:http";
import type { Health, HealthReport, Metrics } from "@heaphound/service-kit";

/** Plain HTTP for the kubelet and Prometheus: /healthz, /readyz, /metrics. */
export function createStatusServer(health: Health, metrics: Metrics): Server {
  const answers: Record<string, (response: ServerResponse) => Promise<void>> = {
    "/healthz": async (response) => answerHealth(response, await health.live()),
    "/readyz": async (response) => answerHealth(response, await health.ready()),
    "/metrics": async (response) => {
      const { contentType, body } = await metrics.expose();
      response.writeHead(200, { "content-type": contentType }).end(body);
    },
  };
  return createServer((request, response) => {
    const answer = answers[request.url?.split("?")[0] ?? ""];
    if (answer) answer(response).catch(() => response.destroy());
    else response.writeHead(404).end();
  });
}

function answerHealth(response: ServerResponse, report: HealthReport): void {
  response.writeHead(report.ok ? 200 : 503, { "content-type": "application/json" }).end(JSON.stringify(report));
}
