import type { Locator, Page } from "playwright-core";

/** The process page as a reader handles it: where things are and what they say. */
export class ProcessPage {
  constructor(readonly page: Page) {}

  get sentence(): Locator {
    return this.page.locator("p[aria-live=polite]");
  }

  get timeline(): Locator {
    return this.page.getByRole("img", { name: /^Live memory and allocation rate/ });
  }

  get flame(): Locator {
    return this.page.getByRole("application", { name: /^Flame graph/ });
  }

  get panel(): Locator {
    return this.page.getByRole("region", { name: /^(Selected frame|All stacks)$/ });
  }

  get stackRows(): Locator {
    return this.page.getByRole("table", { name: "Stacks" }).getByRole("row");
  }

  /** Opens a process and waits until every view has its answer. */
  async open(address: string): Promise<void> {
    await this.page.goto(address);
    await this.settled();
  }

  /** Until nothing is loading and nothing shows the answer before. */
  async settled(): Promise<void> {
    await this.sentence.waitFor();
    await this.page.waitForFunction(
      () => document.querySelectorAll("[aria-busy=true], [data-busy]").length === 0,
      undefined,
      { polling: 50 },
    );
  }

  /** What the sentence and the flame graph say, with ordinary spaces. */
  async said(): Promise<string> {
    return spaced(await this.sentence.innerText());
  }

  async flameTotal(): Promise<string> {
    const label = (await this.flame.getAttribute("aria-label")) ?? "";
    return /^Flame graph, (.*) in /.exec(spaced(label))?.[1] ?? "";
  }

  /** Drags in the chart, from one share of its width to another. */
  async drag(from: number, to: number): Promise<void> {
    const [start, end] = [await this.chartPoint(from), await this.chartPoint(to)];
    await this.page.mouse.move(start.x, start.y);
    await this.page.mouse.down();
    await this.page.mouse.move((start.x + end.x) / 2, end.y, { steps: 4 });
    await this.page.mouse.move(end.x, end.y, { steps: 4 });
  }

  async dragWindow(from: number, to: number): Promise<void> {
    await this.drag(from, to);
    await this.page.mouse.up();
    await this.page.waitForURL(/[?&]from=\d+&to=\d+/);
    await this.settled();
  }

  /** A point of the memory lane; the chart's axis takes 72 pixels on the left and 16 on the right. */
  async chartPoint(share: number): Promise<{ x: number; y: number }> {
    const box = await this.timeline.boundingBox();
    if (box === null) throw new Error("the timeline is not on the page");
    return { x: box.x + 72 + share * (box.width - 88), y: box.y + 60 };
  }

  /** Clicks a frame of the flame graph: its row, and where in the row. */
  async clickFrame(row: number, share: number): Promise<void> {
    const box = await this.flame.boundingBox();
    if (box === null) throw new Error("the flame graph is not on the page");
    await this.page.mouse.click(box.x + share * box.width, box.y + row * 20 + 10);
  }
}

/** Numbers are written with narrow no-break spaces. */
export const spaced = (text: string): string => text.replaceAll("\u202f", " ");
