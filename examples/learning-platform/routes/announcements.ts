import { Router } from 'express';
import type { Platform } from '../app.js';
import { signedIn } from '../signed-in.js';

/** The stream of live announcements. */
export function announcementRoutes({ announcements, database }: Platform): Router {
  const routes = Router();

  routes.get('/', signedIn(database), (_request, response) => {
    announcements.follow(response);
  });

  return routes;
}
