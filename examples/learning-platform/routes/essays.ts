import { Router } from 'express';
import { monitorApi } from 'sightline';
import type { Platform } from '../app.js';
import { all } from '../database.js';
import { EssayGrader } from '../essay-grader.js';
import { textField } from '../input.js';
import { Problem } from '../problem.js';
import { signedIn, userOf } from '../signed-in.js';

const SHORTEST = 50;

/** Essays: handed in and graded at once. */
export function essayRoutes({ database }: Platform): Router {
  const routes = Router();
  const grader = new EssayGrader();

  routes.post('/', monitorApi('grade_essay'), signedIn(database), async (request, response) => {
    const text = textField(request, 'text');
    if (text.length < SHORTEST) throw new Problem(422, `An essay has ${SHORTEST} characters or more.`);
    const grade = await grader.grade(text);
    await database.query('insert into essays (user_id, text, score) values ($1, $2, $3)', [userOf(response).id, text, grade.score]);
    response.status(201).json(grade);
  });

  routes.get('/', signedIn(database), async (_request, response) => {
    response.json(
      await all(database, 'select id, score, created_at from essays where user_id = $1 order by id desc limit 20', [userOf(response).id]),
    );
  });

  return routes;
}
