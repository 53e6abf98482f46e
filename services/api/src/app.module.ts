import { Module, type DynamicModule, type Provider } from "@nestjs/common";
import { Health, Metrics } from "@heaphound/service-kit";
import type { AppParts } from "./app-parts.js";
import { CoverageController } from "./pods/coverage.controller.js";
import { CoverageService } from "./pods/coverage-service.js";
import { EndingService } from "./ending/ending-service.js";
import { Exporters } from "./exports/exporters.js";
import { ExportsController } from "./exports/exports.controller.js";
import { FoldedExport } from "./exports/flame/folded-export.js";
import { SvgExport } from "./exports/flame/svg-export.js";
import { HeaptrackExport } from "./exports/heaptrack/heaptrack-export.js";
import { JsonExport } from "./exports/json-export.js";
import { PprofExport } from "./exports/pprof/pprof-export.js";
import { FleetController } from "./fleet/fleet.controller.js";
import { FleetService } from "./fleet/fleet-service.js";
import { HealthController } from "./http/health.controller.js";
import { LivePoller } from "./live/live-poller.js";
import { LiveController } from "./live/live.controller.js";
import { LiveService } from "./live/live-service.js";
import { ProcessFinder } from "./processes/process-finder.js";
import { ProcessService } from "./processes/process-service.js";
import { ProcessesController } from "./processes/processes.controller.js";
import { QuestionController } from "./question/question.controller.js";
import { ReaderController } from "./identity/reader.controller.js";
import { ReadersOptions } from "./identity/readers-options.js";
import { SessionController } from "./identity/session.controller.js";
import { SettingsController } from "./settings/settings.controller.js";
import { SettingsService } from "./settings/settings-service.js";
import { StackStore } from "./stacks/stack-store.js";
import { AllocationsService } from "./views/allocations-service.js";
import { GroupsService } from "./views/groups-service.js";
import { MapsService } from "./views/maps/maps-service.js";
import { TimelineService } from "./views/timeline-service.js";
import { TreeService } from "./views/tree-service.js";
import { ViewsController } from "./views/views.controller.js";

const CONTROLLERS = [
  HealthController,
  QuestionController,
  ProcessesController,
  FleetController,
  ViewsController,
  ExportsController,
  LiveController,
  SettingsController,
  CoverageController,
  ReaderController,
  SessionController,
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

function providers({ config, log, database, health, metrics, readers }: AppParts): Provider[] {
  const finder = new ProcessFinder(database);
  const stacks = new StackStore(database, config.HEAPHOUND_API_CACHE);
  const trees = new TreeService(database, finder, stacks, config.HEAPHOUND_API_USAGE_FROM_EVENTS);
  const allocations = new AllocationsService(database, finder, stacks);
  const makers = {
    heaptrack: new HeaptrackExport(database, finder, stacks, config.HEAPHOUND_API_EXPORT_SLICE),
    json: new JsonExport(database, finder, stacks, Math.ceil(config.HEAPHOUND_API_EXPORT_SLICE / 10)),
    pprof: new PprofExport(database, trees),
    folded: new FoldedExport(trees),
    svg: new SvgExport(trees),
  };
  return [
    { provide: Health, useValue: health },
    { provide: Metrics, useValue: metrics },
    { provide: ProcessService, useValue: new ProcessService(database, finder) },
    { provide: FleetService, useValue: new FleetService(database) },
    { provide: TimelineService, useValue: new TimelineService(database, finder) },
    { provide: TreeService, useValue: trees },
    { provide: GroupsService, useValue: new GroupsService(database, finder, stacks) },
    { provide: MapsService, useValue: new MapsService(database, finder, stacks) },
    { provide: LiveService, useValue: new LiveService(new LivePoller(database, log), finder) },
    { provide: SettingsService, useValue: new SettingsService(database, finder) },
    { provide: Exporters, useValue: new Exporters(makers) },
    { provide: AllocationsService, useValue: allocations },
    { provide: ReadersOptions, useValue: new ReadersOptions(readers) },
    { provide: CoverageService, useValue: new CoverageService(database) },
    {
      provide: EndingService,
      useValue: new EndingService(database, finder, stacks, allocations, config.HEAPHOUND_API_USAGE_FROM_EVENTS),
    },
  ];
}
