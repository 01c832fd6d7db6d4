import { setTimeout as delay } from 'node:timers/promises';
import { Router } from 'express';
import { traceFunction } from 'sightline';
import { textIn } from '../input.js';

/** Looks words up at a service that can't be relied on: what it throws answers 500. */
export function dictionaryRoutes(): Router {
  const routes = Router();

  routes.get('/:word', async (request, response) => {
    const word = textIn(request, 'word');
    response.json({ word, meaning: await lookUp(word) });
  });

  return routes;
}

let calls = 0;

const lookUp = traceFunction('dictionary.look_up')(async (word: string): Promise<string> => {
  await delay(5 + (word.length % 5) * 8);
  calls += 1;
  if (calls % 9 === 0) throw new Error('The dictionary service closed the connection');
  return `What "${word}" means`;
});
