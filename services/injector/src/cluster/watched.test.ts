import { CoreV1Api, type KubernetesObject, type V1Pod } from "@kubernetes/client-node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "@heaphound/service-kit";
import { eventually } from "@heaphound/service-kit/testing";
import { TestApiServer } from "../test-support/api-server.js";
import { Watched } from "./watched.js";

const PODS = "/api/v1/pods";

/** What is remembered of a pod: its name and a label. Pods without the label are of no interest. */
type Seen = [name: string, colour: string];

const pod = (name: string, colour?: string): KubernetesObject => ({
  metadata: { uid: `uid-${name}`, name, namespace: "shop", ...(colour !== undefined && { labels: { colour } }) },
});

let server: TestApiServer;
let watched: Watched<V1Pod, Seen>;
let told: [...Seen, deleted: boolean][];

beforeEach(async () => {
  server = await TestApiServer.start();
  told = [];
  const core = server.config.makeApiClient(CoreV1Api);
  watched = new Watched<V1Pod, Seen>({
    cluster: server,
    log: silentLogger(),
    path: PODS,
    list: (page) => core.listPodForAllNamespaces(page),
    keep: ({ metadata }) => {
      const colour = metadata?.labels?.colour;
      return colour === undefined ? undefined : [metadata?.name ?? "", colour];
    },
    onChange: (kept, deleted) => told.push([...kept, deleted]),
    pauseMs: 5,
  });
});
afterEach(async () => {
  await watched.stop();
  await server.stop();
});

const colours = (): Record<string, string> => Object.fromEntries(watched.all());
const follows = (count = 1): Promise<unknown> =>
  eventually(() => server.watching(PODS) === 1 && requests("watch").length >= count);
const requests = (verb: string): string[] => server.requests.filter((request) => request.startsWith(verb));

/** Waits for the last of what was done: changes come in order. */
async function untilSeen(name: string, colour: string | undefined): Promise<void> {
  await eventually(() => colours()[name] === colour);
}

describe("Watched", () => {
  it("lists page by page, and remembers only what matters", async () => {
    for (let index = 0; index < 1_201; index++)
      server.put(PODS, pod(`p${index}`, index % 100 === 0 ? "red" : undefined));
    await watched.start();
    expect(watched.synced).toBe(true);
    expect(Object.keys(colours())).toHaveLength(13);
    expect(requests("list")).toHaveLength(3);
    expect(told).toHaveLength(13);
  });

  it("follows what comes, changes, loses interest and goes", async () => {
    server.put(PODS, pod("a", "red"));
    await watched.start();
    await follows();
    server.put(PODS, pod("b", "red"));
    server.put(PODS, pod("plain"));
    server.put(PODS, pod("a", "blue"));
    server.put(PODS, pod("b"));
    server.remove(PODS, pod("a", "blue"));
    server.put(PODS, pod("last", "red"));
    await untilSeen("last", "red");
    expect(colours()).toEqual({ last: "red" });
    expect(told).toEqual([
      ["a", "red", false],
      ["b", "red", false],
      ["a", "blue", false],
      ["b", "red", true],
      ["a", "blue", true],
      ["last", "red", false],
    ]);
  });

  it.each<[string, () => void]>([
    ["ended by the server", () => server.end(PODS)],
    ["broken in the middle of a line", () => server.drop(PODS)],
    ["failed for another reason than its age", () => server.fail(PODS, 500)],
  ])("goes on from the last version after a watch that was %s", async (_title, end) => {
    server.put(PODS, pod("a", "red"));
    await watched.start();
    await follows();
    server.put(PODS, pod("a", "blue"));
    await untilSeen("a", "blue");
    end();
    // Nobody watches: this must not be lost.
    server.put(PODS, pod("b", "green"));
    await untilSeen("b", "green");
    expect(requests("list")).toHaveLength(1);
    expect(told).toEqual([
      ["a", "red", false],
      ["a", "blue", false],
      ["b", "green", false],
    ]);
  });

  it("knows by bookmarks how far it is, though nothing of it changed", async () => {
    server.put(PODS, pod("a", "red"));
    await watched.start();
    await follows();
    server.compact();
    server.bookmark(PODS);
    server.put(PODS, pod("b", "red"));
    await untilSeen("b", "red");
    server.drop(PODS);
    await follows(2);
    expect(requests("list")).toHaveLength(1);
    expect(requests("watch")).toEqual([`watch ${PODS} 2`, `watch ${PODS} 5`]);
  });

  it.each<[string, () => void]>([
    ["in an event", () => server.compact()],
    ["by the status of the answer", () => server.refuseNext(`watch ${PODS}`, 410)],
  ])("lists anew when its version is gone, which the server says %s", async (_title, forget) => {
    server.put(PODS, pod("stays", "red"));
    server.put(PODS, pod("goes", "red"));
    await watched.start();
    await follows();
    // Seen by nobody: the connection breaks, and the server forgets what happened then.
    server.drop(PODS);
    server.remove(PODS, pod("goes", "red"));
    server.put(PODS, pod("comes", "red"));
    forget();
    await eventually(() => requests("list").length === 2);
    await untilSeen("comes", "red");
    expect(colours()).toEqual({ stays: "red", comes: "red" });
    expect(told.slice(2)).toEqual([
      ["goes", "red", true],
      ["stays", "red", false],
      ["comes", "red", false],
    ]);
    await follows();
    server.put(PODS, pod("later", "red"));
    await untilSeen("later", "red");
  });

  it("takes a pod of the same name for another one", async () => {
    server.put(PODS, pod("web-0", "red"));
    await watched.start();
    await follows();
    server.remove(PODS, pod("web-0", "red"));
    server.put(PODS, { metadata: { ...pod("web-0", "blue").metadata, uid: "its successor" } });
    await untilSeen("web-0", "blue");
    expect(told.slice(1)).toEqual([
      ["web-0", "red", true],
      ["web-0", "blue", false],
    ]);
  });

  it("tries a list again until it has one, and says that it has none", async () => {
    server.refuseNext(`list ${PODS}`, 500);
    server.put(PODS, pod("a", "red"));
    await watched.start();
    expect(watched.synced).toBe(false);
    await untilSeen("a", "red");
    expect(watched.synced).toBe(true);
  });

  it("looks at everything again on demand", async () => {
    server.put(PODS, pod("a", "red"));
    await watched.start();
    await follows();
    watched.relist();
    await eventually(() => told.length === 2);
    await follows(2);
    expect(requests("list")).toHaveLength(2);
  });

  it("asks for nothing any more once it has been stopped", async () => {
    await watched.start();
    await follows();
    await watched.stop();
    const before = server.requests.length;
    server.put(PODS, pod("a", "red"));
    server.end(PODS);
    expect(server.requests).toHaveLength(before);
    expect(colours()).toEqual({});
  });
});
