import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { GenericContainer, Wait } from "testcontainers";
import { imageName, type Service } from "../../src/images.ts";

/** Ports that nothing listened on a moment ago. */
export async function freePorts<Name extends string>(...names: Name[]): Promise<Record<Name, number>> {
  const servers = names.map(() => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) server.close();
  return Object.fromEntries(names.map((name, index) => [name, ports[index]])) as Record<Name, number>;
}

/**
 * A service's image as the chart runs it: as its own user, the root read-only, no capability. An engine that we start has no
 * network of its own, so containers listen on this machine's loopback.
 */
export class ServiceContainer extends GenericContainer {
  constructor(service: Service, environment: Record<string, string> = {}) {
    super(imageName(service));
    this.hostConfig.ReadonlyRootfs = true;
    this.withNetworkMode("host")
      .withDroppedCapabilities("ALL")
      .withSecurityOpt("no-new-privileges")
      .withTmpFs({ "/tmp": "rw,mode=1777" })
      .withEnvironment(environment)
      .withStartupTimeout(120_000);
  }

  /** Started: it has written this line. */
  says(line: RegExp): this {
    return this.withWaitStrategy(Wait.forLogMessage(line));
  }

  /** Started: it has ended well. */
  ends(): this {
    return this.withWaitStrategy(Wait.forOneShotStartup());
  }
}
