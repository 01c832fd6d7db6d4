import { ExpressRoutes } from './express-route.js';
import { KoaRoutes } from './koa-route.js';

/** What is known of apps' routes does not depend on who asks, so all monitors share it. */
export const expressRoutes: ExpressRoutes = new ExpressRoutes();
export const koaRoutes: KoaRoutes = new KoaRoutes();
