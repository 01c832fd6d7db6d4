import type { IncomingMessage, ServerResponse } from 'node:http';
import { patternText } from './express-mount.js';
import { factsOf, type RequestFacts, type RouteSource } from './observed-request.js';

/** What Koa, `@koa/router` and `koa-mount` keep on a context. Undocumented, so all of it is optional. */
interface KoaContext {
  readonly app?: { readonly context?: object };
  readonly res?: ServerResponse;
  readonly method?: string;
  readonly path?: string;
  readonly respond?: boolean;
  /** Koa sets it with the first status or body. */
  readonly response?: { readonly _explicitStatus?: boolean };
  /** Layers whose path matched, in the order they were added. */
  readonly matched?: readonly KoaLayer[];
  [MOUNTS]?: readonly Mount[];
  [MATCH]?: Match;
  mountPath?: string;
  _matchedRoute?: RoutePath;
}

type RoutePath = string | RegExp;

/** A route, or a router's own middleware, which has no methods. */
interface KoaLayer {
  readonly path: RoutePath;
  readonly methods: readonly string[];
  match?(path: string): boolean;
}

/** A koa-mount that a request went into: its prefix, and the path before and after it. */
interface Mount {
  readonly prefix: string;
  readonly before: string;
  readonly rest: string;
}

/** The route a router handed the request to, the mounts around it, and the request's name until then. */
interface Match {
  readonly route: RoutePath | undefined;
  readonly prefix: string;
  readonly name: string | undefined;
}

// Shared by both builds of the package: an app's context has the accessors of the first one that met it.
const WATCHED = Symbol.for('sightline.koa');
const MOUNTS = Symbol.for('sightline.koa.mounts');
const MATCH = Symbol.for('sightline.koa.match');

/**
 * Route patterns in Koa 2 and 3 with `@koa/router` and `koa-mount`.
 *
 * The router writes the pattern to `ctx._matchedRoute`, koa-mount its prefix to `ctx.mountPath`, where a
 * nested mount overwrites the outer one. Both are therefore received by accessors on the app's context
 * prototype (once an app, nothing a request), which keep the prefixes in force when a route matched.
 */
export class KoaRoutes implements RouteSource {
  /** Called with each context; the first of an app's installs the accessors. */
  watch(context: object): void {
    const prototype = (context as KoaContext).app?.context;
    if (prototype === undefined || Object.hasOwn(prototype, WATCHED)) return;
    Object.defineProperty(prototype, WATCHED, { value: true });
    Object.defineProperty(prototype, 'mountPath', { ...ACCESSOR, get: getMountPath, set: setMountPath });
    Object.defineProperty(prototype, '_matchedRoute', { ...ACCESSOR, get: getMatchedRoute, set: setMatchedRoute });
  }

  prepare(): void {}

  /** Nothing set a status or a body, so Koa itself answered 404: no route did. */
  isUnanswered(response: ServerResponse, facts: RequestFacts): boolean {
    const context = facts.context as KoaContext;
    return response.headersSent && response.statusCode === 404 && context.respond !== false && !context.response?._explicitStatus;
  }

  endpointOf(_request: IncomingMessage, _response: ServerResponse, facts: RequestFacts): string | undefined {
    const context = facts.context as KoaContext;
    const match = context[MATCH] ?? earlierMatch(context);
    const layers = context.matched ?? [];
    const isRoute = layers.some(layer => layer.path === match?.route && layer.methods.length > 0);
    if (match?.route !== undefined && (isRoute || layers.length === 0)) return join(match.prefix, match.route);
    // A router's own middleware answered (401), or no route has the method (405): the route it stands before.
    const routes = layers.filter(layer => layer.methods.length > 0);
    const route = routes.findLast(layer => layer.methods.includes(context.method ?? '')) ?? routes.at(-1);
    if (route === undefined) return undefined;
    return join(match?.prefix ?? prefixAround(route, context), route.path);
  }
}

const ACCESSOR = { configurable: true, enumerable: false } as const;

function getMountPath(this: KoaContext): string | undefined {
  return this[MOUNTS]?.at(-1)?.prefix;
}

function setMountPath(this: KoaContext, prefix: string): void {
  const path = this.path ?? '';
  // As koa-mount cuts it, a slash at the end of the prefix included.
  this[MOUNTS] = [...enteredMounts(this), { prefix, before: path, rest: path.slice(prefix.length) || '/' }];
}

function getMatchedRoute(this: KoaContext): RoutePath | undefined {
  return this[MATCH]?.route;
}

function setMatchedRoute(this: KoaContext, route: RoutePath | undefined): void {
  const earlier = this[MATCH];
  const facts = this.res && factsOf(this.res);
  // A route that passes the request on takes the name along that `monitorApi` gave it there.
  if (earlier !== undefined && facts !== undefined && facts.endpoint !== earlier.name && isRoutePath(earlier.route, this)) {
    facts.endpoint = earlier.name;
  }
  this[MATCH] = { route, prefix: joined(enteredMounts(this)), name: facts?.endpoint };
}

/** Not a router's own middleware, which names all that comes after it. */
function isRoutePath(path: RoutePath | undefined, { matched = [] }: KoaContext): boolean {
  return matched.some(layer => layer.path === path && layer.methods.length > 0);
}

/** What the router wrote before the accessors were there: `monitorApi` alone, at an app's first request. */
function earlierMatch(context: KoaContext): Match | undefined {
  if (!Object.hasOwn(context, '_matchedRoute')) return undefined;
  const prefix = Object.hasOwn(context, 'mountPath') ? (context.mountPath ?? '') : '';
  return { route: context._matchedRoute, prefix, name: undefined };
}

/** The mounts that the context is inside of now; those it has left stay noted. */
function enteredMounts(context: KoaContext): readonly Mount[] {
  const mounts = context[MOUNTS];
  if (mounts === undefined) return [];
  const { path } = context;
  const inside = mounts.findLastIndex(mount => mount.rest === path);
  if (inside >= 0) return mounts.slice(0, inside + 1);
  // koa-mount puts the path back when it is left. Any other path was rewritten by the app, inside.
  const left = mounts.findIndex(mount => mount.before === path);
  return left < 0 ? mounts : mounts.slice(0, left);
}

/** The prefix of the mounts in which a route matched, as the paths they left to it tell. */
function prefixAround(route: KoaLayer, context: KoaContext): string {
  const mounts = context[MOUNTS] ?? [];
  const inside = mounts.findLastIndex(mount => route.match?.(mount.rest) === true);
  return joined(mounts.slice(0, inside + 1));
}

function joined(mounts: readonly Mount[]): string {
  return mounts.length === 0 ? '' : mounts.map(mount => patternText(mount.prefix)).join('');
}

function join(prefix: string, path: RoutePath): string {
  return prefix + patternText(path) || '/';
}
