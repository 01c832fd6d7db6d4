import Router15 from '@koa/router';
import Koa3 from 'koa';
import Koa2 from 'koa2';
import Router12 from 'koa-router12';

/** What tests use of a Koa app, router and context; loose, for the versions' types differ. */
export type App = any;
type Router = any;
export type Context = any;
export type Next = () => Promise<any>;

/** A version of Koa with a version of its router. */
export interface KoaVersion {
  readonly name: string;
  /** Makes an app that does not print errors. */
  readonly app: () => App;
  readonly router: (options?: object) => Router;
  /** The rest of a path, in this router's syntax. */
  readonly rest: (prefix: string) => string;
  /** An optional last parameter, in this router's syntax. */
  readonly optional: (prefix: string, name: string) => string;
}

const apps = [
  ['Koa 3', Koa3],
  ['Koa 2', Koa2],
] as const;
const routers = [
  {
    router: 'router 15',
    make: (options?: object): Router => new Router15(options as ConstructorParameters<typeof Router15>[0]),
    rest: (prefix: string) => `${prefix}/*path`,
    optional: (prefix: string, name: string) => `${prefix}{/:${name}}`,
  },
  {
    router: 'router 12',
    make: (options?: object): Router => new Router12(options),
    rest: (prefix: string) => `${prefix}/(.*)`,
    optional: (prefix: string, name: string) => `${prefix}/:${name}?`,
  },
] as const;

/** Koa 2 and 3, each with router 12 and 15. */
export const koaVersions: readonly KoaVersion[] = apps.flatMap(([name, Koa]) =>
  routers.map(({ router, make, rest, optional }) => ({
    name: `${name} with ${router}`,
    app: () => {
      const app = new (Koa)();
      app.silent = true;
      return app;
    },
    router: make,
    rest,
    optional,
  })),
);
