import express, { type Express } from 'express';
import type OpenAI from 'openai';
import { monitorRequests, serveMetrics } from 'sightline/express';
import type { Announcements } from './announcements.js';
import type { Database } from './database.js';
import { answerProblem } from './problem.js';
import { adminRoutes } from './routes/admin.js';
import { announcementRoutes } from './routes/announcements.js';
import { dictionaryRoutes } from './routes/dictionary.js';
import { essayRoutes } from './routes/essays.js';
import { exerciseRoutes } from './routes/exercises.js';
import { health } from './routes/health.js';
import { index } from './routes/index.js';
import { lessonRoutes } from './routes/lessons.js';
import { progressRoutes } from './routes/progress.js';
import { sessionRoutes } from './routes/sessions.js';
import { planOf } from './signed-in.js';

/** What the routes work with. */
export interface Platform {
  readonly database: Database;
  readonly announcements: Announcements;
  readonly openai: OpenAI;
}

/** The learning platform as an Express app. The two lines with `monitorRequests` and `serveMetrics` are all the set-up. */
export function createApp(platform: Platform): Express {
  const app = express();
  app.use(monitorRequests({ skip: request => request.path === '/health', labels: { plan: planOf } }));
  app.get('/metrics', serveMetrics());

  app.use(express.json({ limit: '64kb' }));
  app.get('/', index);
  app.get('/health', health);
  app.use('/sessions', sessionRoutes(platform));
  app.use('/lessons', lessonRoutes(platform));
  app.use('/exercises', exerciseRoutes(platform));
  app.use('/essays', essayRoutes(platform));
  app.use('/users', progressRoutes(platform));
  app.use('/dictionary', dictionaryRoutes());
  app.use('/announcements', announcementRoutes(platform));
  app.use('/admin/:school', adminRoutes(platform));
  app.use(answerProblem);
  return app;
}
