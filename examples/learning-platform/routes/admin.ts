import { setTimeout as delay } from 'node:timers/promises';
import { Router, type RequestHandler } from 'express';
import type { Platform } from '../app.js';
import { all, one } from '../database.js';
import { idIn, textField, textIn } from '../input.js';
import { Problem } from '../problem.js';
import { signedIn, userOf } from '../signed-in.js';

/** What teachers see and do, mounted at a school: `/admin/:school`. */
export function adminRoutes({ database, announcements }: Platform): Router {
  const routes = Router({ mergeParams: true });
  const member = signedIn(database);

  routes.get('/students', member, ofThisSchool, async (request, response) => {
    response.json(
      await all(database, "select id, name, plan from users where school = $1 and role = 'learner' order by id", [textIn(request, 'school')]),
    );
  });

  routes.get('/students/:id', member, ofThisSchool, async (request, response) => {
    const student = await one(database, 'select id, name, plan from users where school = $1 and id = $2', [
      textIn(request, 'school'),
      idIn(request),
    ]);
    if (!student) throw new Problem(404, 'This school has no such student.');
    response.json(student);
  });

  // Slow on purpose.
  routes.get('/report', member, ofThisSchool, async (request, response) => {
    const rows = await all(
      database,
      `select u.name, count(a.id)::int as answered, avg(a.correct::int) as correct
         from users u left join answers a on a.user_id = u.id
        where u.school = $1 and u.role = 'learner' group by u.id order by u.id`,
      [textIn(request, 'school')],
    );
    await delay(1_100);
    response.json(rows);
  });

  routes.post('/announcements', member, ofThisSchool, (request, response) => {
    announcements.publish(textIn(request, 'school'), textField(request, 'text'));
    response.status(202).json({ published: true });
  });

  return routes;
}

const ofThisSchool: RequestHandler = (request, response, next) => {
  const { role, school } = userOf(response);
  if (role !== 'teacher' || school !== textIn(request, 'school')) throw new Problem(403, "Only for this school's teachers.");
  next();
};
