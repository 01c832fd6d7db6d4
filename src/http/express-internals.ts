/**
 * The parts of Express 4's and 5's routers that carry the route patterns. They are not documented,
 * so nothing here is trusted: all of it is optional, and each reader has a bounded answer without it.
 */

export type RoutePath = string | RegExp | readonly (string | RegExp)[];

export interface ExpressRoute {
  readonly path: RoutePath;
}

type ExpressHandler = (request: object, response: object, next: (error?: unknown) => void) => unknown;

/** One entry of a router's stack: a route, a mounted router or app, or a `use()` handler. */
export interface ExpressLayer {
  handle: ExpressHandler & { stack?: ExpressLayer[]; set?: unknown };
  readonly route?: ExpressRoute;
  /** Express 4 and router below 2.3 answer a boolean and keep the match on the layer. */
  match(path: string): boolean | LayerMatch;
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

/** What a layer makes of a path: the part that it takes, and its parameters. */
export interface LayerMatch {
  readonly path: string;
  readonly params: Params;
  /** router 2.3 and later: which of its paths matched. */
  readonly pattern?: string | RegExp;
}

export interface ExpressRouter {
  readonly stack: ExpressLayer[];
}

export interface ExpressApp {
  readonly _router?: ExpressRouter;
  readonly router?: ExpressRouter;
  /** The app this one is mounted in, by `app.use(path, subApp)`. */
  readonly parent?: ExpressApp;
  /** The prototype of its responses. */
  readonly response?: object;
}

export interface ExpressRequest {
  readonly app?: ExpressApp;
  readonly route?: ExpressRoute;
  readonly baseUrl?: string;
  readonly originalUrl?: string;
  readonly url?: string;
}

/** An app's own router. Express 4 makes it with the first route; until then `app.router` throws there. */
export function routerOf(app: ExpressApp): ExpressRouter | undefined {
  if (app._router !== undefined) return app._router;
  try {
    return app.router;
  } catch {
    return undefined;
  }
}

/** The layers of a mounted router or app. */
export function innerStack(layer: ExpressLayer): readonly ExpressLayer[] | undefined {
  if (Array.isArray(layer.handle.stack)) return layer.handle.stack;
  const app = innerApp(layer);
  return app && routerOf(app)?.stack;
}

const mountedApps = new WeakMap<ExpressLayer, ExpressApp>();

/** The app that a layer mounts. */
export function innerApp(layer: ExpressLayer): ExpressApp | undefined {
  const { handle } = layer;
  // An app given to a router's own `use()`; one given to `app.use()` hides behind a closure.
  if (typeof handle.set === 'function') return handle as unknown as ExpressApp;
  if (handle.name !== 'mounted_app') return undefined;
  let app = mountedApps.get(layer);
  if (app === undefined) {
    app = uncover(handle);
    if (app !== undefined) mountedApps.set(layer, app);
  }
  return app;
}

/**
 * The app behind Express's closure `mounted_app`. The first thing the closure does is to give the request
 * that app's prototype, so it is handed a request that notes the prototype; which from then on has no URL,
 * so that the app's router finds nothing to run for it.
 */
function uncover(mountedApp: ExpressHandler): ExpressApp | undefined {
  let found: ExpressApp | undefined;
  const target: Record<string, unknown> = { url: '/', method: 'GET', headers: {}, query: {}, app: { request: null, response: null } };
  const request = new Proxy(target, {
    setPrototypeOf(_target, prototype: { app?: ExpressApp } | null) {
      found ??= prototype?.app;
      target['url'] = undefined;
      return true;
    },
  });
  try {
    mountedApp(request, { setHeader() {} }, () => {});
  } catch {
    // Not Express's closure after all: its routes are known by their own paths.
  }
  return found;
}

/** What a layer matches at the beginning of `path`; `undefined` where it doesn't. */
export function matchLayer(layer: ExpressLayer, path: string): LayerMatch | undefined {
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

/** Whether a layer of the same kind, with just this path, matches the same part. */
export function matchesLike(like: ExpressLayer, path: string | RegExp, url: string, part?: string, end = false): boolean {
  const layer = makeLike(like, path, end);
  const match = layer && matchLayer(layer, url);
  return match !== undefined && (part === undefined || match.path === part);
}

/** A layer of the same kind with another path; `undefined` where it can't be made. */
export function makeLike(like: ExpressLayer, path: RoutePath, end: boolean): ExpressLayer | undefined {
  type LayerClass = new (path: RoutePath, options: object, handle: () => void) => ExpressLayer;
  try {
    const Layer = (like as unknown as { constructor: LayerClass }).constructor;
    const sensitive = like.regexp ? !like.regexp.ignoreCase : false;
    return new Layer(path, { sensitive, strict: false, end }, () => {});
  } catch {
    return undefined;
  }
}
