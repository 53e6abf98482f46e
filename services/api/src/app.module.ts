import { Module, type DynamicModule, type Provider } from "@nestjs/common";
import { Health, Metrics, type ClickHouseClient, type Logger } from "@heaphound/service-kit";
import type { ApiConfig } from "./config.js";
import { Database } from "./database/database.js";
import { Exporters } from "./exports/exporters.js";
import { ExportsController } from "./exports/exports.controller.js";
import { FoldedExport } from "./exports/flame/folded-export.js";
import { SvgExport } from "./exports/flame/svg-export.js";
import { HeaptrackExport } from "./exports/heaptrack/heaptrack-export.js";
import { JsonExport } from "./exports/json-export.js";
import { PprofExport } from "./exports/pprof/pprof-export.js";
import { HealthController } from "./http/health.controller.js";
import { LivePoller } from "./live/live-poller.js";
import { LiveController } from "./live/live.controller.js";
import { LiveService } from "./live/live-service.js";
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

const CONTROLLERS = [
  HealthController,
  QuestionController,
  ProcessesController,
  ViewsController,
  ExportsController,
  LiveController,
];

/** Wires narrow classes by hand: none of them knows the framework. */
@Module({})
export class AppModule {
  static with(parts: AppParts): DynamicModule {
    return {
      module: AppModule,
      controllers: CONTROLLERS,
      providers: providers(parts),
    };
  }
}

function providers({ config, log, client, health, metrics }: AppParts): Provider[] {
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
    { provide: LiveService, useValue: new LiveService(new LivePoller(database, log), finder) },
    { provide: Exporters, useValue: exporters(database, finder, stacks, trees) },
    { provide: AllocationsService, useValue: new AllocationsService(database, finder, stacks) },
  ];
}

function exporters(database: Database, finder: ProcessFinder, stacks: StackStore, trees: TreeService): Exporters {
  return new Exporters({
    heaptrack: new HeaptrackExport(database, finder, stacks),
    json: new JsonExport(database, finder, stacks),
    pprof: new PprofExport(database, trees),
    folded: new FoldedExport(trees),
    svg: new SvgExport(trees),
  });
}
