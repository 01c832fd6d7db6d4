import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Router } from 'express';
import type { Platform } from '../app.js';
import { all, one } from '../database.js';
import { idIn } from '../input.js';
import { Problem } from '../problem.js';

/** Lessons, their exercises and their audio: open to everyone. */
export function lessonRoutes({ database }: Platform): Router {
  const routes = Router();

  routes.get('/', async (_request, response) => {
    response.json(await all(database, 'select id, title, subject, minutes from lessons order by id'));
  });

  routes.get('/:id', async (request, response) => {
    const lesson = await one(database, 'select id, title, subject, minutes, body from lessons where id = $1', [idIn(request)]);
    if (!lesson) throw new Problem(404, 'There is no such lesson.');
    response.json(lesson);
  });

  routes.get('/:id/exercises', async (request, response) => {
    response.json(
      await all(database, 'select id, kind, difficulty, question, choices from exercises where lesson_id = $1 order by id', [idIn(request)]),
    );
  });

  routes.get('/:id/audio', async (_request, response) => {
    response.type('audio/mpeg');
    try {
      await pipeline(Readable.from(recording()), response);
    } catch {
      // The listener left; there is no one to tell.
    }
  });

  return routes;
}

/** As a disk or an object store would hand it out: piece by piece. */
async function* recording(): AsyncGenerator<Buffer> {
  for (let piece = 0; piece < 12; piece++) {
    yield Buffer.alloc(8_192, piece);
    await delay(40);
  }
}
