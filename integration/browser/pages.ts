import { formatProcessKey } from "@heaphound/service-kit";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { Laboratory } from "../support/laboratory.js";
import { TestBrowser, type TestPage, type Theme } from "./browser.js";
import { ProcessPage } from "./process-page.js";

/** The real parts and a browser for one file of tests. Pages are closed after each test, which fails if one made a mistake. */
export class Pages {
  private parts: { laboratory: Laboratory; browser: TestBrowser } | undefined;
  private readonly open: TestPage[] = [];

  /** Opens them before the tests of the file that calls this, and closes them after. */
  static forThisFile(): Pages {
    const pages = new Pages();
    beforeAll(async () => {
      const [laboratory, browser] = await Promise.all([
        Laboratory.open(["clickhouse", "ingester", "api", "gui"]),
        TestBrowser.open(),
      ]);
      pages.parts = { laboratory, browser };
    });
    afterEach(() => pages.closePages());
    afterAll(async () => {
      await pages.parts?.browser.close();
      await pages.parts?.laboratory.close();
    });
    return pages;
  }

  get laboratory(): Laboratory {
    if (this.parts === undefined) throw new Error("the laboratory opens before the tests");
    return this.parts.laboratory;
  }

  async newPage(theme?: Theme): Promise<TestPage["page"]> {
    if (this.parts === undefined) throw new Error("the browser opens before the tests");
    const page = await this.parts.browser.page(theme);
    this.open.push(page);
    return page.page;
  }

  address(path: string): string {
    return this.laboratory.stack.urls.gui + path;
  }

  /** The page of a process, by its number in the database, with every answer there. */
  async ofProcess(process: string, query = ""): Promise<ProcessPage> {
    const view = new ProcessPage(await this.newPage());
    await view.open(this.address(`/p/${formatProcessKey(BigInt(process))}${query}`));
    return view;
  }

  private async closePages(): Promise<void> {
    const mistakes = this.open.flatMap((page) => page.mistakes);
    await Promise.all(this.open.splice(0).map((page) => page.close()));
    expect(mistakes).toEqual([]);
  }
}
