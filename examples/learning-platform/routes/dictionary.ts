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
let underWay = 0;
/** What the service bears at once. */
const MOST_AT_ONCE = 12;

const lookUp = traceFunction('dictionary.look_up')(async (word: string): Promise<string> => {
  calls += 1;
  const isBad = calls % 9 === 0 || underWay >= MOST_AT_ONCE;
  underWay += 1;
  try {
    await delay(5 + (word.length % 5) * 8);
  } finally {
    underWay -= 1;
  }
  if (isBad) throw new Error('The dictionary service closed the connection');
  return `What "${word}" means`;
});
