import type { IncomingMessage, ServerResponse } from 'node:http';
import { patternText } from './express-mount.js';
import type { RequestFacts, RouteSource } from './observed-request.js';

/** What Koa, `@koa/router` and `koa-mount` keep on a context. Undocumented, so all of it is optional. */
interface KoaContext {
  readonly app?: { readonly context?: object };
  readonly method?: string;
  readonly path?: string;
  readonly originalUrl?: string;
  readonly respond?: boolean;
  readonly response?: { readonly _explicitStatus?: boolean };
  /** Layers whose path matched, in the order they were added. */
  readonly matched?: readonly { readonly path: string | RegExp; readonly methods: readonly string[] }[];
  [MOUNTS]?: Mount[];
  [MATCH]?: { route: string | RegExp | undefined; prefix: string };
  mountPath?: string;
  _matchedRoute?: string | RegExp;
}

/** A koa-mount that the request is inside of: its prefix, and the path before and after it. */
interface Mount {
  readonly prefix: string;
  readonly rest: string;
}

const MOUNTS = Symbol('sightline.mounts');
const MATCH = Symbol('sightline.match');
const WATCHED = Symbol.for('sightline.koa');

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

  endpointOf(_request: IncomingMessage, response: ServerResponse, facts: RequestFacts): string | undefined {
    const context = facts.context as KoaContext;
    if (isUnanswered(context, response)) return undefined;
    const match = context[MATCH];
    const layers = context.matched ?? [];
    const isRoute = layers.some(layer => layer.path === match?.route && layer.methods.length > 0);
    if (match?.route !== undefined && (isRoute || layers.length === 0)) return match.prefix + patternText(match.route) || '/';
    // A router's own middleware answered (401), or no route has the method (405): the route it stands before.
    const routes = layers.filter(layer => layer.methods.length > 0);
    const route = routes.findLast(layer => layer.methods.includes(context.method ?? '')) ?? routes.at(-1);
    if (route === undefined) return undefined;
    return (match?.prefix ?? prefixOf(context)) + patternText(route.path) || '/';
  }
}

/** Nothing set a status or a body, so Koa itself answered 404: no route did. */
function isUnanswered(context: KoaContext, response: ServerResponse): boolean {
  return (
    response.headersSent &&
    response.statusCode === 404 &&
    context.respond !== false &&
    context.response?._explicitStatus === false
  );
}

const ACCESSOR = { configurable: true, enumerable: false } as const;

function getMountPath(this: KoaContext): string | undefined {
  return this[MOUNTS]?.at(-1)?.prefix;
}

function setMountPath(this: KoaContext, prefix: string): void {
  const path = this.path ?? '';
  // Inside another mount exactly where the path is what that one left; else a sibling, and the old ones are over.
  const mounts = this[MOUNTS] ?? [];
  const outer = mounts.findLastIndex(mount => mount.rest === path);
  const literal = prefix.endsWith('/') ? prefix.slice(0, -1) : prefix;
  this[MOUNTS] = [...mounts.slice(0, outer + 1), { prefix: literal, rest: path.slice(literal.length) || '/' }];
}

function getMatchedRoute(this: KoaContext): string | RegExp | undefined {
  return this[MATCH]?.route;
}

function setMatchedRoute(this: KoaContext, route: string | RegExp | undefined): void {
  this[MATCH] = { route, prefix: prefixOf(this) };
}

/** The joined prefixes of the mounts that the context is inside of. */
function prefixOf(context: KoaContext): string {
  const mounts = context[MOUNTS];
  if (mounts === undefined) return '';
  const inside = mounts.findLastIndex(mount => mount.rest === context.path);
  return mounts.slice(0, inside + 1).map(mount => mount.prefix).join('');
}
