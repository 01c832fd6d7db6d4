import express, { type Express } from 'express';
import { monitorRequests, serveAlerts, serveMetrics } from 'sightline/express';
import type { Announcements } from './announcements.js';
import type { Database } from './database.js';
import type { EssayGrader } from './grading/essay-grader.js';
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
import { planOf, teacherName } from './signed-in.js';

/** What the routes work with. */
export interface Platform {
  readonly database: Database;
  readonly announcements: Announcements;
  readonly grader: EssayGrader;
}

/** The learning platform as an Express app. The lines with `monitorRequests`, `serveMetrics` and `serveAlerts` are all the set-up. */
export function createApp(platform: Platform): Express {
  const app = express();
  app.use(monitorRequests({ skip: request => request.path === '/health', labels: { plan: planOf } }));
  app.get('/metrics', serveMetrics());
  // The links in notifications lead here, too: these need no signing in.
  app.use('/alerting', serveAlerts({ authorize: teacherName(platform.database) }));

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
