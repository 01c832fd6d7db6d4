import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Router } from 'express';
import { monitorApi, withAiAttribution } from 'sightline';
import type { Platform } from '../app.js';
import { all, one } from '../database.js';
import { problemOf } from '../grading/problem-of.js';
import { idIn, textField } from '../input.js';
import { leavingOf } from '../leaving.js';
import { Problem } from '../problem.js';
import { signedIn, userOf, type User } from '../signed-in.js';

const SHORTEST = 50;

/** Essays: handed in, graded at once, and advised on. */
export function essayRoutes({ database, grader }: Platform): Router {
  const routes = Router();

  routes.post('/', monitorApi('grade_essay'), signedIn(database), async (request, response) => {
    const text = textField(request, 'text');
    if (text.length < SHORTEST) throw new Problem(422, `An essay has ${SHORTEST} characters or more.`);
    const user = userOf(response);
    const grade = await paidBySchoolOf(user, 'essay-grading', () => grader.grade(text));
    const essay = await one<{ id: number }>(database, 'insert into essays (user_id, text, score) values ($1, $2, $3) returning id', [
      user.id,
      text,
      grade.score,
    ]);
    response.status(201).json({ ...essay, ...grade });
  });

  routes.get('/', signedIn(database), async (_request, response) => {
    response.json(
      await all(database, 'select id, score, created_at from essays where user_id = $1 order by id desc limit 20', [userOf(response).id]),
    );
  });

  // Server-sent events, as the model writes them.
  routes.get('/:id/advice', signedIn(database), async (request, response) => {
    const user = userOf(response);
    const essay = await one<{ text: string }>(database, 'select text from essays where id = $1 and user_id = $2', [idIn(request), user.id]);
    if (!essay) throw new Problem(404, 'There is no such essay of yours.');
    const leaving = leavingOf(response);
    const advice = await paidBySchoolOf(user, 'essay-advice', () => grader.advise(essay.text, leaving));
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    try {
      await pipeline(Readable.from(eventsOf(advice)), response);
    } catch {
      // The reader left, or the model stopped in the middle: what was sent is sent.
    }
  });

  return routes;
}

/** Calls a model for a learner, on the school's account. */
async function paidBySchoolOf<T>({ school }: User, feature: string, call: () => Promise<T>): Promise<T> {
  try {
    return await withAiAttribution({ tenant: school, feature }, call);
  } catch (error) {
    throw problemOf(error);
  }
}

async function* eventsOf(advice: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const text of advice) yield `data: ${JSON.stringify({ text })}\n\n`;
  yield 'event: end\ndata: {}\n\n';
}
