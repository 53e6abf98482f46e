import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";

/** Nothing that asks the network, nothing that a container does not have. */
const CHROMIUM_FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** How long anything on a page may take to appear. */
const TIMEOUT_MS = 20_000;

export type Theme = "light" | "dark";

/** Debian's Chromium with a profile of its own, and pages that tell what went wrong in them. */
export class TestBrowser {
  private constructor(
    private readonly browser: Browser,
    readonly downloads: string,
  ) {}

  static async open(): Promise<TestBrowser> {
    const downloads = mkdtempSync(join(tmpdir(), "heaphound-browser-"));
    const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
    const browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS, downloadsPath: downloads });
    return new TestBrowser(browser, downloads);
  }

  async close(): Promise<void> {
    await this.browser.close();
    rmSync(this.downloads, { recursive: true, force: true });
  }

  async page(theme: Theme = "light"): Promise<TestPage> {
    const context = await this.browser.newContext({
      viewport: { width: 1440, height: 900 },
      colorScheme: theme,
      reducedMotion: "reduce",
      timezoneId: "UTC",
    });
    context.setDefaultTimeout(TIMEOUT_MS);
    return new TestPage(context, await context.newPage());
  }
}

export class TestPage {
  /** Uncaught errors and broken policies: a test ends by looking at them. */
  readonly mistakes: string[] = [];

  constructor(
    private readonly context: BrowserContext,
    readonly page: Page,
  ) {
    page.on("pageerror", (error) => this.mistakes.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
        this.mistakes.push(message.text());
    });
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}
