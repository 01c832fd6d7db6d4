import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  innerApp,
  innerStack,
  matchesLike,
  matchLayer,
  routerOf,
  type ExpressApp,
  type ExpressLayer,
  type ExpressRequest,
  type ExpressRoute,
} from './express-internals.js';
import { fixedMountPattern, matchMount, patternText } from './express-mount.js';
import { factsOf, type RequestFacts, type RouteSource } from './observed-request.js';
import { pathOf } from './request-target.js';
import { hookPrototype } from './response-hooks.js';

/** One way to reach a route: the mounts from the outermost app's router down, and its own layer. */
interface Place {
  readonly mounts: readonly ExpressLayer[];
  readonly layer: ExpressLayer;
}

/** A route and where it stands. `pattern` is known where nothing in a URL can change it. */
interface TrackedRoute {
  readonly route: ExpressRoute;
  /** Empty where a function of the app hides the router that has it. */
  readonly places: Place[];
  pattern: string | undefined;
}

/** What is known of an app that is mounted in no other one. */
interface KnownApp {
  /** Its routers' layers at the last walk. */
  stack: readonly ExpressLayer[];
  size: number;
  /** Walks that did not find a route which a request had met. */
  fruitless: number;
  /** Mounted `use()` handlers answer without a route; their patterns are kept by the URL they were mounted at. */
  readonly mounts: Map<string, string>;
}

const TRACKED = Symbol.for('sightline.route');
const MOUNTS_KEPT = 1_000;
/** An app that hides more routes than this makes them as it goes, and is not searched for them any more. */
const FRUITLESS_WALKS = 200;

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
  readonly #apps = new WeakMap<ExpressApp, KnownApp>();
  /** The outermost app of each app that a walk came through. */
  readonly #roots = new WeakMap<ExpressApp, ExpressApp>();

  prepare(request: IncomingMessage): void {
    const { app } = request as ExpressRequest;
    if (app === undefined) return;
    const root = this.#roots.get(app) ?? outermost(app);
    const stack = routerOf(root)?.stack;
    if (stack === undefined) return;
    const known = this.#apps.get(root);
    if (known === undefined || known.stack !== stack || known.size !== stack.length) this.#index(root);
  }

  /** A route that passes a request on reports it, so nothing is left to tell. */
  isUnanswered(): boolean {
    return false;
  }

  endpointOf(request: IncomingMessage, _response: ServerResponse, facts: RequestFacts): string | undefined {
    const expressRequest = request as ExpressRequest;
    const tracked = (facts.route as TrackedRoute | undefined) ?? this.#findRoute(expressRequest, facts);
    if (tracked === undefined) return this.#mountOf(expressRequest);
    return (tracked.pattern ?? this.#patternFor(tracked, expressRequest)) || '/';
  }

  /** By the router's own note, the route that a request did not enter, or not in our sight. */
  #findRoute({ app, route }: ExpressRequest, { passed }: RequestFacts): TrackedRoute | undefined {
    if (route === undefined || app === undefined) return undefined;
    const tracked = this.#routes.get(route);
    // The note stays behind when a route passes the request on. Otherwise loading a parameter answered or failed,
    // or observing only began inside of the route.
    if (tracked !== undefined) return route === (passed as TrackedRoute | undefined)?.route ? undefined : tracked;
    return passed === undefined ? this.#findUntracked(app, route) : undefined;
  }

  /** A route added since the last walk, tracked from now on; or one that no walk finds. */
  #findUntracked(app: ExpressApp, route: ExpressRoute): TrackedRoute | undefined {
    const root = this.#roots.get(app) ?? outermost(app);
    const known = this.#apps.get(root) ?? this.#index(root);
    if (known === undefined || known.fruitless >= FRUITLESS_WALKS) return undefined;
    this.#index(root);
    // Mounted in several apps, it only knows the last of them.
    if (!this.#routes.has(route) && app !== root) this.#index(app);
    if (!this.#routes.has(route)) {
      known.fruitless++;
      this.#routes.set(route, { route, places: [], pattern: undefined });
    }
    return this.#routes.get(route);
  }

  #index(root: ExpressApp): KnownApp | undefined {
    const stack = routerOf(root)?.stack;
    if (stack === undefined) return undefined;
    let known = this.#apps.get(root);
    if (known === undefined) this.#apps.set(root, (known = { stack, size: 0, fruitless: 0, mounts: new Map() }));
    known.stack = stack;
    known.size = stack.length;
    known.mounts.clear();
    this.#walk(root, stack, [], new Set());
    return known;
  }

  #walk(root: ExpressApp, stack: readonly ExpressLayer[], mounts: readonly ExpressLayer[], above: Set<unknown>): void {
    // A router mounted inside itself is walked once.
    if (above.has(stack)) return;
    above.add(stack);
    for (const layer of stack) {
      if (layer.route) {
        this.#add(layer.route, { mounts, layer });
        continue;
      }
      const app = innerApp(layer);
      if (app !== undefined) {
        this.#roots.set(app, root);
        // One that stands in a router is no heir of the outer app's prototype.
        if (app.response) hookPrototype(app.response);
      }
      const inner = innerStack(layer);
      if (inner) this.#walk(root, inner, [...mounts, layer], above);
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
    track(place.layer, tracked);
  }

  /** The pattern where the URL decides it: several mounts, several paths, or a mount that shows no pattern. */
  #patternFor({ route, places }: TrackedRoute, request: ExpressRequest): string {
    const path = pathOf(request.originalUrl ?? request.url ?? '/');
    for (const place of places) {
      const pattern = matchPlace(place, route, path);
      if (pattern !== undefined) return pattern;
    }
    // The URL was rewritten on the way, so it can't tell; the route's own path is right and bounded.
    const own = [route.path].flat().map(patternText).join('|');
    return places.length > 0 ? own : (this.#mountOf(request) ?? '') + own;
  }

  /** The mount a request is inside of: that of the `use()` handler that answered, `express.static` under `/assets`. */
  #mountOf(request: ExpressRequest): string | undefined {
    const { app, baseUrl } = request;
    if (app === undefined || !baseUrl) return undefined;
    const root = this.#roots.get(app) ?? outermost(app);
    const mounts = this.#apps.get(root)?.mounts;
    if (mounts === undefined) return undefined;
    const kept = mounts.get(baseUrl);
    if (kept !== undefined) return kept;
    const path = pathOf(request.originalUrl ?? request.url ?? '/');
    const pattern = findMount(routerOf(root)?.stack ?? [], path, baseUrl.length);
    if (pattern === undefined) return undefined;
    if (mounts.size >= MOUNTS_KEPT) mounts.clear();
    mounts.set(baseUrl, pattern);
    return pattern;
  }
}

/** The app that an app is mounted in, or it itself. */
function outermost(app: ExpressApp): ExpressApp {
  return app.parent === undefined ? app : outermost(app.parent);
}

/** Lets a route's layer report who enters it, and who it passes on. Once a layer, whoever asks. */
function track(layer: ExpressLayer, tracked: TrackedRoute): void {
  if (TRACKED in layer) return;
  Object.defineProperty(layer, TRACKED, { value: true });
  const { handle } = layer;
  layer.handle = function (request, response, next) {
    const facts = factsOf(response);
    const endpoint = facts?.endpoint;
    if (facts !== undefined) facts.route = tracked;
    return handle(request, response, (error?: unknown) => {
      // Observing may have begun inside of the route.
      const observed = facts ?? factsOf(response);
      if (observed !== undefined) leave(observed, tracked, endpoint, error);
      next(error);
    });
  };
}

/** A route is done with a request: by an error it stays the one that answers, else it gives its name back. */
function leave(facts: RequestFacts, tracked: TrackedRoute, endpoint: string | undefined, error: unknown): void {
  if (error && error !== 'route' && error !== 'router') {
    facts.error = error;
    return;
  }
  facts.route = undefined;
  facts.passed = tracked;
  facts.endpoint = endpoint;
}

/** `undefined` unless every part has exactly one pattern, whatever the URL. */
function fixedPattern(route: ExpressRoute, { mounts }: Place): string | undefined {
  if (Array.isArray(route.path)) return undefined;
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
  const match = matchLayer(place.layer, rest);
  if (!match) return undefined;
  const paths: (string | RegExp)[] = [route.path].flat();
  const matching = match.pattern ?? paths.find(each => paths.length === 1 || matchesLike(place.layer, each, rest, undefined, true));
  return pattern + patternText(matching ?? (paths[0] as string));
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
