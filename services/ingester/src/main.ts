import "reflect-metadata";
import { Logger, Module, type DynamicModule } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { Health, Metrics, Shutdown } from "@heaphound/service-kit";
import { readConfig } from "./config.js";
import { HttpController } from "./http.controller.js";
import { Ingester } from "./ingester.js";
import { serverCredentials } from "./receive/credentials.js";
import { RawGrpcServer } from "./receive/grpc-server.js";
import { IngestController } from "./receive/ingest.controller.js";
import { Sessions } from "./receive/sessions.js";
import { startSymbols } from "./symbolize/index.js";

@Module({})
class IngesterModule {
  static of(ingester: Ingester): DynamicModule {
    return {
      module: IngesterModule,
      controllers: [IngestController, HttpController],
      providers: [
        { provide: Sessions, useValue: ingester.sessions },
        { provide: Health, useValue: ingester.health },
        { provide: Metrics, useValue: ingester.metrics },
      ],
    };
  }
}

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const ingester = await Ingester.create(config, process.env, startSymbols);
  const grpc = new RawGrpcServer(config.listen, serverCredentials(config, ingester.log), [ingester.fleet]);
  Logger.overrideLogger(["error", "warn"]); // our own log says what happens
  const app = await NestFactory.create(IngesterModule.of(ingester));
  app.connectMicroservice({ strategy: grpc });

  const shutdown = new Shutdown({ log: ingester.log }).onSignals();
  shutdown.add("servers", () => app.close());
  shutdown.add("streams", () => ingester.stop());

  await app.startAllMicroservices();
  await app.listen(config.httpListen.port, config.httpListen.host);
  ingester.start();
  ingester.log.info({ url: grpc.url, http: await app.getUrl() }, "listening");
}

await main();
