/** Where to listen. */
export interface ServeWishes {
  readonly port?: number | undefined;
  /** An address to listen on, or `true` for the whole LAN; loopback when absent. */
  readonly host?: string | true | undefined;
}

/** A site that is up. */
export interface RunningSite extends AsyncDisposable {
  /** Addresses a browser can open, the best first. */
  readonly addresses: readonly string[];
}
