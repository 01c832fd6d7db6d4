import { Router } from 'express';
import { getMonitor, monitorApi } from 'sightline';
import type { Platform } from '../app.js';
import { one } from '../database.js';
import { idIn, numberField } from '../input.js';
import { Problem } from '../problem.js';
import { signedIn, userOf } from '../signed-in.js';

interface Exercise {
  readonly kind: string;
  readonly difficulty: string;
  readonly answer: number;
}

/** Answers to exercises. */
export function exerciseRoutes({ database }: Platform): Router {
  const routes = Router();
  const completions = getMonitor().metrics.counter('exercise_completions_total');

  routes.post('/:id/answers', monitorApi('submit_answer'), signedIn(database), async (request, response) => {
    const id = idIn(request);
    const choice = numberField(request, 'choice');
    const exercise = await one<Exercise>(database, 'select kind, difficulty, answer from exercises where id = $1', [id]);
    if (!exercise) throw new Problem(404, 'There is no such exercise.');
    const correct = choice === exercise.answer;
    await database.query('insert into answers (user_id, exercise_id, choice, correct) values ($1, $2, $3, $4)', [
      userOf(response).id,
      id,
      choice,
      correct,
    ]);
    const result = correct ? 'correct' : 'incorrect';
    completions.inc({ exercise_type: exercise.kind, difficulty: exercise.difficulty, result });
    response.status(201).json({ result, answer: exercise.answer });
  });

  return routes;
}
