/**
 * The parts of Express 4's and 5's routers that carry the route patterns. They are not documented,
 * so nothing here is trusted: all of it is optional, and each reader has a bounded answer without it.
 */

export type RoutePath = string | RegExp | readonly (string | RegExp)[];

export interface ExpressRoute {
  readonly path: RoutePath;
}

export type ExpressHandler = (request: object, response: object, next: (error?: unknown) => void) => unknown;

/** One entry of a router's stack: a route, a mounted router or app, or a `use()` handler. */
export interface ExpressLayer {
  handle: ExpressHandler & { stack?: ExpressLayer[]; handle?: unknown; set?: unknown };
  readonly route?: ExpressRoute;
  /** Express 4 and router below 2.3 answer a boolean and keep the match on the layer. */
  match(path: string): boolean | { path: string; params: Params };
  readonly path?: string;
  readonly params?: Params;
  /** router 2.3 and later: the path as it was given. */
  readonly rawPath?: RoutePath;
  /** Express 5: a `use()` without a path. */
  readonly slash?: boolean;
  /** Express 4: the compiled path. */
  readonly regexp?: RegExp & { fast_slash?: boolean };
  readonly keys?: readonly { readonly name: string | number }[];
}

export type Params = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface ExpressRouter {
  readonly stack: ExpressLayer[];
}

export interface ExpressApp {
  readonly _router?: ExpressRouter;
  readonly router?: ExpressRouter;
  /** The app this one is mounted in, by `app.use(path, subApp)`. */
  readonly parent?: ExpressApp;
  readonly mountpath?: RoutePath;
}

export interface ExpressRequest {
  readonly app?: ExpressApp;
  readonly route?: ExpressRoute;
  readonly baseUrl?: string;
  readonly originalUrl?: string;
  readonly url?: string;
}

/** An app's own router. Express 4 makes it lazily and throws at `app.router`, so `_router` is asked first. */
export function routerOf(app: ExpressApp): ExpressRouter | undefined {
  return app._router ?? app.router;
}

/** What a layer matches at the beginning of `path`; `undefined` where it doesn't. */
export function matchLayer(layer: ExpressLayer, path: string): { path: string; params: Params } | undefined {
  try {
    const match = layer.match(path);
    if (match === false) return undefined;
    // The router reads these fields right after its own match, in the same turn, so matching here disturbs nobody.
    if (match === true) return { path: layer.path ?? '', params: layer.params ?? {} };
    return match;
  } catch {
    // A percent-escape that can't be decoded: the router answered 400 for it.
    return undefined;
  }
}

/** The path of a request's target: without the query, and without scheme and host in the absolute form. */
export function pathOf(target: string): string {
  const query = target.indexOf('?');
  const path = query < 0 ? target : target.slice(0, query);
  if (path.startsWith('/')) return path;
  const host = path.indexOf('://');
  const slash = host < 0 ? -1 : path.indexOf('/', host + 3);
  return slash < 0 ? '/' : path.slice(slash);
}
