import express from 'express';
import express4 from 'express4';
import OlderRouter from 'router22';

/** What tests use of an Express app and router; loose, for the versions' types differ. */
export type App = any;
export type Router = any;

/** A version of Express under test. */
export interface ExpressVersion {
  readonly name: string;
  readonly major: 4 | 5;
  /** Whether a mount shows its path; otherwise it is learned from requests. */
  readonly showsMounts: boolean;
  /** Makes an app. */
  readonly app: () => App;
  readonly Router: (options?: object) => Router;
  readonly static: (root: string) => App;
  /** The rest of a path, in this version's syntax: `/files/*path`. */
  readonly rest: (prefix: string) => string;
  /** An optional last parameter, in this version's syntax. */
  readonly optional: (prefix: string, name: string) => string;
}

const FIVE = {
  major: 5,
  static: express.static,
  rest: (prefix: string) => `${prefix}/*path`,
  optional: (prefix: string, name: string) => `${prefix}{/:${name}}`,
} as const;

/** The newest Express, the router of Express 5.0 to 5.2, which keeps no patterns, and Express 4. */
export const expressVersions: readonly ExpressVersion[] = [
  { ...FIVE, name: 'Express 5', showsMounts: true, app: express, Router: express.Router },
  { ...FIVE, name: 'Express 5 with router 2.2', showsMounts: false, app: appWithOlderRouter, Router: options => new OlderRouter(options) },
  {
    name: 'Express 4',
    major: 4,
    showsMounts: true,
    app: express4,
    Router: express4.Router,
    static: express4.static,
    rest: prefix => `${prefix}/*`,
    optional: (prefix, name) => `${prefix}/:${name}?`,
  },
];

function appWithOlderRouter(): App {
  const app = express();
  const router: unknown = new OlderRouter();
  Object.defineProperty(app, 'router', { configurable: true, enumerable: true, get: () => router });
  return app;
}
