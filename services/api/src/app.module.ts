import { Module, type DynamicModule, type Provider } from "@nestjs/common";
import { Health, Metrics, type ClickHouseClient, type Logger } from "@heaphound/service-kit";
import type { ApiConfig } from "./config.js";
import { Database } from "./database/database.js";
import { HealthController } from "./http/health.controller.js";
import { ProcessFinder } from "./processes/process-finder.js";
import { ProcessService } from "./processes/process-service.js";
import { ProcessesController } from "./processes/processes.controller.js";
import { QuestionController } from "./question/question.controller.js";
import { StackStore } from "./stacks/stack-store.js";
import { AllocationsService } from "./views/allocations-service.js";
import { GroupsService } from "./views/groups-service.js";
import { TimelineService } from "./views/timeline-service.js";
import { TreeService } from "./views/tree-service.js";
import { ViewsController } from "./views/views.controller.js";

/** What the parts are made from. */
export interface AppParts {
  config: ApiConfig;
  log: Logger;
  client: ClickHouseClient;
  health: Health;
  metrics: Metrics;
}

/** Wires narrow classes by hand: none of them knows the framework. */
@Module({})
export class AppModule {
  static with(parts: AppParts): DynamicModule {
    return {
      module: AppModule,
      controllers: [HealthController, QuestionController, ProcessesController, ViewsController],
      providers: providers(parts),
    };
  }
}

function providers({ config, client, health, metrics }: AppParts): Provider[] {
  const database = new Database(client);
  const finder = new ProcessFinder(database);
  const stacks = new StackStore(database, config.HEAPHOUND_API_CACHE);
  const trees = new TreeService(database, finder, stacks, config.HEAPHOUND_API_USAGE_FROM_EVENTS);
  return [
    { provide: Health, useValue: health },
    { provide: Metrics, useValue: metrics },
    { provide: ProcessService, useValue: new ProcessService(database, finder) },
    { provide: TimelineService, useValue: new TimelineService(database, finder) },
    { provide: TreeService, useValue: trees },
    { provide: GroupsService, useValue: new GroupsService(database, finder, stacks) },
    { provide: AllocationsService, useValue: new AllocationsService(database, finder, stacks) },
  ];
}
