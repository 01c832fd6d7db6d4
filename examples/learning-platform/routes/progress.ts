import { Router } from 'express';
import type { Platform } from '../app.js';
import { all, one } from '../database.js';
import { idIn } from '../input.js';
import { Problem } from '../problem.js';
import { signedIn, userOf } from '../signed-in.js';

/** How far a learner has come: for the learner and for teachers. */
export function progressRoutes({ database }: Platform): Router {
  const routes = Router();

  routes.get('/:id/progress', signedIn(database), async (request, response) => {
    const id = idIn(request);
    const user = userOf(response);
    if (id !== user.id && user.role !== 'teacher') throw new Problem(403, "This is someone else's progress.");
    const exercises = await all(
      database,
      `select e.kind, count(*)::int as answered, count(*) filter (where a.correct)::int as correct
         from answers a join exercises e on e.id = a.exercise_id
        where a.user_id = $1 group by e.kind order by e.kind`,
      [id],
    );
    const essays = await one(database, 'select count(*)::int as written, max(score) as best from essays where user_id = $1', [id]);
    response.json({ exercises, essays });
  });

  return routes;
}
