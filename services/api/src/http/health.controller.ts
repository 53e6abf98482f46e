import { Controller, Get, Res } from "@nestjs/common";
import { ApiExcludeController } from "@nestjs/swagger";
import { Health, Metrics, type HealthReport } from "@heaphound/service-kit";
import type { Response } from "express";

@ApiExcludeController()
@Controller()
export class HealthController {
  constructor(
    private readonly health: Health,
    private readonly metrics: Metrics,
  ) {}

  @Get("healthz")
  async live(@Res() response: Response): Promise<void> {
    answer(response, await this.health.live());
  }

  @Get("readyz")
  async ready(@Res() response: Response): Promise<void> {
    answer(response, await this.health.ready());
  }

  @Get("metrics")
  async scrape(@Res() response: Response): Promise<void> {
    const { contentType, body } = await this.metrics.expose();
    response.type(contentType).send(body);
  }
}

function answer(response: Response, report: HealthReport): void {
  response.status(report.ok ? 200 : 503).json(report);
}
