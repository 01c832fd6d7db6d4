import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  matchLayer,
  pathOf,
  routerOf,
  type ExpressApp,
  type ExpressLayer,
  type ExpressRequest,
  type ExpressRoute,
} from './express-internals.js';
import { fixedMountPattern, matchesLike, matchMount, patternText } from './express-mount.js';
import { factsOf, type RequestFacts, type RouteSource } from './observed-request.js';

/** One way to reach a route: the mounts from its app's router down, and its own layer. */
interface Place {
  readonly app: ExpressApp;
  readonly mounts: readonly ExpressLayer[];
  readonly layer: ExpressLayer;
}

/** A route and where it stands. `pattern` is known where nothing in a URL can change it. */
interface TrackedRoute {
  readonly route: ExpressRoute;
  readonly places: Place[];
  pattern: string | undefined;
}

const TRACKED = Symbol.for('sightline.route');
/** Mounted `use()` handlers answer without a route; their patterns are kept by the URL they were mounted at. */
const MOUNTS_KEPT = 1_000;

/**
 * Route patterns in Express 4 and 5.
 *
 * `req.baseUrl` is no pattern (`/tenants/acme`) and is gone in error handlers; `req.route` stays behind
 * when a route passes a request on. So each router tree is walked once, and each route's layer reports
 * when a request enters it and when it is passed on without an error. After that the pattern of a request
 * is one field read, errors included.
 */
export class ExpressRoutes implements RouteSource {
  readonly #routes = new WeakMap<ExpressRoute, TrackedRoute>();
  readonly #indexedSize = new WeakMap<ExpressApp, number>();
  readonly #mounts = new Map<string, string>();

  prepare(request: IncomingMessage): void {
    const { app } = request as ExpressRequest;
    if (app === undefined) return;
    const stack = routerOf(app)?.stack;
    if (stack !== undefined && this.#indexedSize.get(app) !== stack.length) this.#index(app);
  }

  endpointOf(request: IncomingMessage, _response: ServerResponse, facts: RequestFacts): string | undefined {
    const expressRequest = request as ExpressRequest;
    const tracked = (facts.route as TrackedRoute | undefined) ?? this.#findUntracked(expressRequest);
    if (tracked !== undefined) return (tracked.pattern ?? this.#patternFor(tracked, expressRequest)) || '/';
    return this.#mountOf(expressRequest);
  }

  /** A route added since the last walk: found by the router's own note, and tracked from now on. */
  #findUntracked({ app, route }: ExpressRequest): TrackedRoute | undefined {
    // A route we track that is not in `facts` has passed the request on.
    if (route === undefined || app === undefined || this.#routes.has(route)) return undefined;
    this.#index(app);
    return this.#routes.get(route);
  }

  #index(app: ExpressApp): void {
    const stack = routerOf(app)?.stack;
    if (stack === undefined) return;
    this.#indexedSize.set(app, stack.length);
    this.#mounts.clear();
    this.#walk(app, stack, [], new Set());
  }

  #walk(app: ExpressApp, stack: readonly ExpressLayer[], mounts: readonly ExpressLayer[], above: Set<unknown>): void {
    // A router mounted inside itself is walked once.
    if (above.has(stack)) return;
    above.add(stack);
    for (const layer of stack) {
      if (layer.route) this.#add(layer.route, { app, mounts, layer });
      else {
        const inner = innerStack(layer);
        if (inner) this.#walk(app, inner, [...mounts, layer], above);
      }
    }
    above.delete(stack);
  }

  #add(route: ExpressRoute, place: Place): void {
    let tracked = this.#routes.get(route);
    if (!tracked) this.#routes.set(route, (tracked = { route, places: [], pattern: undefined }));
    const isKnown = tracked.places.some(
      ({ mounts }) => mounts.length === place.mounts.length && mounts.every((mount, i) => mount === place.mounts[i]),
    );
    if (isKnown) return;
    tracked.places.push(place);
    tracked.pattern = tracked.places.length === 1 ? fixedPattern(route, place) : undefined;
    track(place.layer, this.#routes);
  }

  /** The pattern where the URL decides it: several mounts, several paths, or a mount that shows no pattern. */
  #patternFor(tracked: TrackedRoute, request: ExpressRequest): string {
    const path = pathOf(request.originalUrl ?? request.url ?? '/');
    for (const place of tracked.places) {
      for (const prefix of prefixesOf(place.app, path)) {
        const pattern = matchPlace(place, tracked.route, prefix.rest);
        if (pattern !== undefined) return prefix.pattern + pattern;
      }
    }
    // The URL was rewritten on the way, so it can't tell; the route's own path is right and bounded.
    return [tracked.route.path].flat().map(patternText).join('|');
  }

  /** A request that a mounted `use()` handler answered: `express.static` under `/assets`. */
  #mountOf(request: ExpressRequest): string | undefined {
    const { app, baseUrl } = request;
    if (app === undefined || !baseUrl) return undefined;
    const kept = this.#mounts.get(baseUrl);
    if (kept !== undefined) return kept;
    const path = pathOf(request.originalUrl ?? request.url ?? '/');
    for (const prefix of prefixesOf(app, path)) {
      const length = baseUrl.length - prefix.length;
      const pattern = length === 0 ? '' : findMount(routerOf(app)?.stack ?? [], prefix.rest, length);
      if (pattern === undefined) continue;
      if (this.#mounts.size >= MOUNTS_KEPT) this.#mounts.clear();
      this.#mounts.set(baseUrl, prefix.pattern + pattern);
      return prefix.pattern + pattern || undefined;
    }
    return undefined;
  }
}

/** Lets a route's layer report who enters it, and who it passes on. Once a layer, whoever asks. */
function track(layer: ExpressLayer, routes: WeakMap<ExpressRoute, TrackedRoute>): void {
  if (TRACKED in layer) return;
  Object.defineProperty(layer, TRACKED, { value: true });
  const { handle } = layer;
  const tracked = routes.get(layer.route as ExpressRoute);
  layer.handle = function (request, response, next) {
    const facts = factsOf(response);
    if (facts === undefined) return handle(request, response, next);
    const { endpoint } = facts;
    facts.route = tracked;
    return handle(request, response, (error?: unknown) => {
      // With an error the route stays the one that answers: it caused the answer.
      if (!error || error === 'route' || error === 'router') {
        facts.route = undefined;
        facts.endpoint = endpoint;
      } else {
        facts.error = error;
      }
      next(error);
    });
  };
}

function innerStack(layer: ExpressLayer): readonly ExpressLayer[] | undefined {
  const { handle } = layer;
  if (Array.isArray(handle.stack)) return handle.stack;
  // An app given to a router's own `use()`; one given to `app.use()` hides behind a closure.
  return typeof handle.set === 'function' ? routerOf(handle as unknown as ExpressApp)?.stack : undefined;
}

/** `undefined` unless every part has exactly one pattern, whatever the URL. */
function fixedPattern(route: ExpressRoute, { app, mounts }: Place): string | undefined {
  if (Array.isArray(route.path) || app.parent) return undefined;
  const patterns = mounts.map(fixedMountPattern);
  if (patterns.includes(undefined)) return undefined;
  return patterns.join('') + patternText(route.path as string | RegExp);
}

function matchPlace(place: Place, route: ExpressRoute, path: string): string | undefined {
  let pattern = '';
  let rest = path;
  for (const layer of place.mounts) {
    const match = matchMount(layer, rest);
    if (!match) return undefined;
    pattern += match.pattern;
    rest = afterMount(rest, match.length);
  }
  if (!matchLayer(place.layer, rest)) return undefined;
  const paths = [route.path].flat() as (string | RegExp)[];
  const path1 = paths.length === 1 ? paths[0] : paths.find(each => matchesLike(place.layer, each, rest, undefined, true));
  return pattern + patternText(path1 ?? (paths[0] as string));
}

/** What the mounts of an app in its parents make of a path. */
interface Prefix {
  readonly pattern: string;
  /** How much of the path they take, and what they leave of it. */
  readonly length: number;
  readonly rest: string;
}

function prefixesOf(app: ExpressApp, path: string): Prefix[] {
  const { parent } = app;
  if (!parent) return [{ pattern: '', length: 0, rest: path }];
  const found: Prefix[] = [];
  for (const outer of prefixesOf(parent, path)) {
    for (const layer of routerOf(parent)?.stack ?? []) {
      if (layer.handle.name !== 'mounted_app') continue;
      const match = matchMount(layer, outer.rest);
      if (!match) continue;
      const pattern = outer.pattern + match.pattern;
      found.push({ pattern, length: outer.length + match.length, rest: afterMount(outer.rest, match.length) });
    }
  }
  // Which of its parent's mounts is this app's can't be seen, but its own note says what it was mounted at.
  const mountPaths = [app.mountpath ?? '/'].flat().map(patternText);
  return found.sort((a, b) => Number(endsWithAny(b.pattern, mountPaths)) - Number(endsWithAny(a.pattern, mountPaths)));
}

function endsWithAny(pattern: string, endings: readonly string[]): boolean {
  return endings.some(ending => pattern.endsWith(ending));
}

/** The pattern of the mounts that take exactly `length` characters of the path. */
function findMount(stack: readonly ExpressLayer[], path: string, length: number): string | undefined {
  for (const layer of stack) {
    if (layer.route) continue;
    const match = matchMount(layer, path);
    if (!match || match.length > length) continue;
    if (match.length === length && match.length > 0) return match.pattern;
    const inner = innerStack(layer);
    const deeper = inner && findMount(inner, afterMount(path, match.length), length - match.length);
    if (deeper !== undefined) return match.pattern + deeper;
  }
  return undefined;
}

function afterMount(path: string, length: number): string {
  const rest = path.slice(length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}
