import { Controller, Get, Inject, Res } from "@nestjs/common";
import { Health, Metrics, type HealthReport } from "@heaphound/service-kit";
import type { Response } from "express";

/** What Kubernetes, the local supervisor and Prometheus ask. */
@Controller()
export class HttpController {
  constructor(
    @Inject(Health) private readonly health: Health,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  @Get("healthz")
  async healthz(@Res({ passthrough: true }) response: Response): Promise<HealthReport> {
    return answer(await this.health.live(), response);
  }

  @Get("readyz")
  async readyz(@Res({ passthrough: true }) response: Response): Promise<HealthReport> {
    return answer(await this.health.ready(), response);
  }

  @Get("metrics")
  async scrape(@Res() response: Response): Promise<void> {
    const { contentType, body } = await this.metrics.expose();
    response.type(contentType).send(body);
  }
}

function answer(report: HealthReport, response: Response): HealthReport {
  response.status(report.ok ? 200 : 503);
  return report;
}
