/** The contract between the server and the built web interface (`web/`): what a page may ask of its host. */

/** What the server hands to every page it renders. */
export interface PagePlatform {
  /** The `.json` twin at a path with query, as an HTTP response. */
  readonly twin: (address: string) => Promise<Response>;
  /** Told of a page that could not be rendered. */
  readonly fault: (error: unknown) => void;
}

/** The built interface: a request in, a response out. */
export interface PageServer {
  /** Called once before the first request. */
  init(options: { env: Record<string, string> }): Promise<void>;
  respond(
    request: Request,
    options: { platform: PagePlatform; getClientAddress: () => string },
  ): Promise<Response>;
}
